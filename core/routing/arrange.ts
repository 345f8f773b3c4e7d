import type { ChainCall, ChainPorts } from "../delegate/chain.ts";
import { runAdd } from "../delegate/run.ts";
import type { Log, PluginStep } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { familyOf, type Result, toResult, writeResult } from "../spec/result.ts";
import { isBeforeIpList } from "../spec/versions.ts";
import { listUntold, planActs, type Routing, toRouteStep } from "./acts.ts";
import { type Family, FAMILIES, isDefaultRouteOf, listDefaultFamilies } from "./family.ts";
import { listConfiguredDefaults } from "./without-defaults.ts";

export interface Arranging {
  /** As its admin configured it. */
  readonly network: Network;
  readonly routing: Routing;
  /** What its last plugin answered. */
  readonly answered: JsonObject;
  readonly call: ChainCall;
}

export interface Arrangement {
  /** The answer, with the default routes that the interface has by now. */
  readonly result: JsonObject;
  /** What was run, for CHECK and DEL. */
  readonly steps: readonly PluginStep[];
}

/**
 * Arranges the routes of an interface that was just made.
 *
 * @throws what `genie-routes` said.
 */
export async function arrangeRoutes(
  { network, routing, answered, call }: Arranging,
  ports: ChainPorts & { readonly log: Log },
): Promise<Arrangement> {
  const result = toResult(answered);
  const arranged = { ifName: call.ifName, result, defaults: listConfiguredDefaults(network) };
  if (!routing.hasProgram) {
    const left = listDefaultFamilies(result).filter((family) => routing.without.includes(family));
    if (left.length > 0) {
      const about = { network: network.name, ifName: call.ifName };
      ports.log.warn(
        about,
        "a network's own plugin made a default route, which stays: genie-routes isn't there",
      );
    }
    return { result: answered, steps: [] };
  }
  const acts = planActs(routing, arranged);
  if (acts.length === 0 && listUntold(routing, arranged).length === 0) return { result: answered, steps: [] };
  const step = toRouteStep(acts, network.name);
  const { routes: defaults } = toResult(
    await runAdd({ ...call, ...step, verb: "ADD" }, ports.exec, ports.signal),
  );
  return {
    result: tellDefaults({ answered, defaults }, routing, network),
    steps: acts.length === 0 ? [] : [step],
  };
}

/** The result with the default routes that are in the main table now: some plugins make one and don't tell it. */
function tellDefaults(
  { answered, defaults }: { answered: JsonObject; defaults: Result["routes"] },
  { without, gateways }: Routing,
  { cniVersion }: Network,
): JsonObject {
  const replaced: readonly Family[] = [...without, ...gateways.map(familyOf)];
  const result = toResult(answered);
  const kept = result.routes.filter((route) => !isDefaultRouteOf(route, replaced));
  const told = listDefaultFamilies({ routes: kept });
  const added = FAMILIES.filter((family) => !told.includes(family)).flatMap((family) =>
    defaults.filter((route) => isDefaultRouteOf(route, [family])).slice(0, 1),
  );
  if (kept.length === result.routes.length && added.length === 0) return answered;
  const routes = [...kept, ...added];
  return isBeforeIpList(cniVersion)
    ? writeResult({ ...result, routes }, cniVersion)
    : { ...answered, routes };
}

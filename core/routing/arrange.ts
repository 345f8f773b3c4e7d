import type { ChainCall, ChainPorts } from "../delegate/chain.ts";
import { runSilent } from "../delegate/run.ts";
import type { Log, PluginStep } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { familyOf, toResult, writeResult } from "../spec/result.ts";
import { isBeforeIpList } from "../spec/versions.ts";
import { planActs, type Routing, toRouteSteps } from "./acts.ts";
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
  { exec, signal, log }: ChainPorts & { readonly log: Log },
): Promise<Arrangement> {
  const result = toResult(answered);
  const defaults = listConfiguredDefaults(network);
  const acts = planActs(routing, { ifName: call.ifName, result, defaults });
  if (!routing.hasProgram) {
    const left = listDefaultFamilies(result).filter((family) => routing.without.includes(family));
    if (left.length > 0) {
      const about = { network: network.name, ifName: call.ifName };
      log.warn(about, "a network's own plugin made a default route, which stays: genie-routes isn't there");
    }
    return { result: answered, steps: [] };
  }
  const steps = toRouteSteps(acts, network.name);
  for (const step of steps) await runSilent({ ...call, ...step, verb: "ADD" }, exec, signal);
  return { result: steps.length === 0 ? answered : tellDefaults(answered, routing, network), steps };
}

/** The result with the default routes that are in the main table now. */
function tellDefaults(
  answered: JsonObject,
  { without, gateways }: Routing,
  { cniVersion }: Network,
): JsonObject {
  const gone: readonly Family[] = [...without, ...gateways.map(familyOf)];
  const result = toResult(answered);
  if (!result.routes.some((route) => isDefaultRouteOf(route, gone)) && gateways.length === 0) return answered;
  const kept = result.routes.filter((route) => !isDefaultRouteOf(route, gone));
  const added = FAMILIES.flatMap((family) => {
    const gw = gateways.find((gateway) => familyOf(gateway) === family);
    return gw === undefined ? [] : [{ dst: family === "4" ? "0.0.0.0/0" : "::/0", gw }];
  });
  const routes = [...kept, ...added];
  return isBeforeIpList(cniVersion)
    ? writeResult({ ...result, routes }, cniVersion)
    : { ...answered, routes };
}

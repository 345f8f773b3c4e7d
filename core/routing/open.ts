import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import type { NamedWish } from "../intent/interface-names.ts";
import type { AddPorts, Attachment } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { toResult } from "../spec/result.ts";
import { ROUTES_PLUGIN } from "./acts.ts";
import { isRouted, openRouter, type Router } from "./router.ts";

export interface RoutesCall {
  readonly invocation: Pick<Invocation, "path">;
  readonly config: Config;
  readonly named: readonly NamedWish[];
  /** What other calls have attached to the container. */
  readonly others: readonly Attachment[];
}

/**
 * The router of one ADD. Without `genie-routes`, default routes are left out of configurations and that is all.
 *
 * @throws {Failure} invalidConfig when gateways are asked for that nobody can set.
 */
export async function openRoutes(
  { invocation, config, named, others }: RoutesCall,
  { exec, log }: Pick<AddPorts, "exec" | "log">,
): Promise<Router> {
  const prevResult = config.prevResult === undefined ? undefined : toResult(config.prevResult);
  const interfaces = named.flatMap(({ wish, ifNames }) =>
    ifNames.map((ifName, at) => ({ ifName, gateways: at === 0 ? wish.gateways : undefined })),
  );
  const options = { mode: config.genie.secondaryRoutes, interfaces, before: { prevResult, others } };
  if (!isRouted(options)) return openRouter({ ...options, hasProgram: false });
  const hasProgram = await exec.has(ROUTES_PLUGIN, invocation.path);
  if (!hasProgram) {
    requireNoGateways(named);
    log.warn(
      { path: invocation.path },
      `${ROUTES_PLUGIN} isn't there: of several networks, only one has a way back`,
    );
  }
  return openRouter({ ...options, hasProgram });
}

function requireNoGateways(named: readonly NamedWish[]): void {
  const asking = named.find(({ wish }) => (wish.gateways ?? []).length > 0);
  if (asking === undefined) return;
  throw new Failure("invalidConfig", `${asking.wish.from}: default-route can't be set on this node`, {
    details: `build genie where rustc is, or put its ${ROUTES_PLUGIN} into CNI_PATH`,
  });
}

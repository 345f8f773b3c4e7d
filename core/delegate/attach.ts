import type { AddPorts, Attachment } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import { planUndoSteps, type Routing, toFitting } from "../routing/acts.ts";
import { arrangeRoutes } from "../routing/arrange.ts";
import { withoutDefaults } from "../routing/without-defaults.ts";
import type { Network } from "../spec/network.ts";
import { countAdds } from "./begun.ts";
import { addChain, type ChainCall, planSteps, undoChain } from "./chain.ts";
import { listFailures } from "./failures.ts";

export type AttachPorts = Pick<AddPorts, "exec" | "ledger" | "signal" | "log">;

/** Who asks for an attachment, and where it is made. */
export type Site = Pick<Attachment, "caller" | "namespace" | "bootId">;

export interface AttachCall {
  readonly call: ChainCall;
  readonly site: Site;
  readonly runtimeConfig: JsonObject;
  /** Undefined where routes stay as the network has them. */
  readonly routing?: Routing | undefined;
}

/** For undoing a failed ADD; what takes longer is left to DEL. */
export const UNDO_MS = 30_000;

/** An attachment before its ADD, with everything that undoing it takes. */
export function planAttachment(
  network: Network,
  { call, site, runtimeConfig, routing }: AttachCall,
): Attachment {
  const { containerId, ifName, args, path } = call;
  return {
    ...site,
    containerId,
    ifName,
    args,
    path,
    network: network.name,
    cniVersion: network.cniVersion,
    checked: !network.disableCheck,
    state: "planned",
    steps: [
      ...planSteps(network, { runtimeConfig, prevResult: undefined }),
      ...(routing === undefined ? [] : planUndoSteps(routing, network.name)),
    ],
  };
}

/**
 * Attaches one network. The undo is on disk before the first plugin runs; when a plugin fails, the whole chain is
 * undone, and what could not be undone stays in the ledger for DEL.
 *
 * @throws what the failing plugin said.
 */
export async function attach(network: Network, how: AttachCall, ports: AttachPorts): Promise<JsonObject> {
  const { call, runtimeConfig } = how;
  const routing = how.routing && toFitting(how.routing, network);
  const { attachments: before } = await ports.ledger.read(call.containerId);
  const bare = withoutDefaults(network, routing?.without ?? []);
  const planned = planAttachment(bare, { ...how, routing });
  await ports.ledger.write(call.containerId, [...before, planned]);
  const exec = countAdds(ports.exec);
  const counting = { ...ports, exec };
  try {
    const answered = await addChain({ network: bare, call, runtimeConfig }, counting);
    const { result, steps: routeSteps } =
      routing === undefined
        ? { result: answered, steps: [] }
        : await arrangeRoutes({ network, routing, answered, call }, counting);
    const steps = [...planSteps(bare, { runtimeConfig, prevResult: result }), ...routeSteps];
    await ports.ledger.write(call.containerId, [...before, { ...planned, state: "attached", steps }]);
    return result;
  } catch (cause) {
    const begun = exec.countBegun();
    const reached = begun > bare.plugins.length ? planned.steps.length : begun; // of routes, all or none
    await undoFailed({ planned, before, call, reached }, ports);
    throw cause;
  }
}

interface FailedAdd {
  readonly planned: Attachment;
  readonly before: readonly Attachment[];
  readonly call: ChainCall;
  /** How many of the steps may have made something. */
  readonly reached: number;
}

/**
 * Every step has its DEL, but one that made nothing isn't kept for its DEL's failure. Fails for a bug alone: what made
 * ADD fail is what the runtime must hear.
 */
async function undoFailed({ planned, before, call, reached }: FailedAdd, ports: AttachPorts): Promise<void> {
  const { containerId, network, steps } = planned;
  const signal = AbortSignal.timeout(UNDO_MS); // the call's own signal may be what made ADD fail
  const undone = await undoChain({ steps, call }, { ...ports, signal });
  const left = undone.left.filter((step) => steps.indexOf(step) < reached);
  const kept = left.length === 0 ? before : [...before, { ...planned, steps: left }];
  const unwritten = await listFailures(() => ports.ledger.write(containerId, kept)); // `planned` is enough for DEL
  for (const error of [...(left.length > 0 ? undone.errors : []), ...unwritten]) {
    ports.log.warn({ err: error, containerId, network }, "the undo of a failed ADD failed; DEL tries again");
  }
}

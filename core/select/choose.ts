import { Failure, listSome } from "../errors.ts";
import type { NodeNetworks } from "../networks/candidates.ts";
import { listMatches } from "../networks/find-network.ts";
import { requireNetwork } from "../networks/required.ts";
import type { AddPorts } from "../ports.ts";
import type { DecidedBy, Decision } from "./decision.ts";
import { decideHealthily } from "./health/health.ts";
import { type Choosing, toCandidates, toPodQuestion } from "./pod-question.ts";
import { hasModules } from "./selection-config.ts";
import { decideWithoutModules } from "./stand-in.ts";

type ChoosePorts = Pick<
  AddPorts,
  "log" | "samples" | "modules" | "openSandbox" | "health" | "seed" | "nodeName" | "clock"
>;

/**
 * Decides which network a pod gets for one of its wishes.
 *
 * @throws {Failure} unknownNetwork for a name that the node doesn't have, tryAgainLater when it has no network.
 */
export async function choose(choosing: Choosing, ports: ChoosePorts): Promise<Decision> {
  const { from, target, networks, config } = choosing;
  if (target.wants === "named" || target.wants === "default") {
    const { network } = requireNetwork({ from, network: target.network }, networks);
    warnOfOthers(target.network, networks, ports.log);
    const decidedBy = target.wants === "named" ? "explicit" : "default";
    return await decideUnasked(network.name, decidedBy, { choosing, ports });
  }
  const [first] = networks.networks;
  if (first === undefined) {
    throw new Failure("tryAgainLater", `no usable network configuration in ${config.genie.confDir}`, {
      details: listSome(
        networks.skipped.map(({ file, reason }) => `${file}: ${reason}`),
        "; ",
      ),
    });
  }
  if (target.wants === "first" && !hasModules(config.genie.selection))
    return await decideUnasked(first.network.name, "default", { choosing, ports });
  return await askModules(choosing, ports);
}

/** Two files with one short stem are an oversight that the admin should hear of. */
function warnOfOthers(wish: string, networks: NodeNetworks, log: AddPorts["log"]): void {
  const [taken, ...others] = listMatches(wish, networks).map(({ file }) => file);
  if (others.length > 0) log.warn({ wish, taken, others }, "several networks match; the first is taken");
}

/** Nobody has to be asked: the pod or the admin named the network. */
async function decideUnasked(
  network: string,
  decidedBy: DecidedBy,
  { choosing, ports }: { choosing: Choosing; ports: ChoosePorts },
): Promise<Decision> {
  const startedMs = ports.clock.monotonicMs();
  const question = await toPodQuestion(choosing, [], ports);
  const reason = decidedBy === "explicit" ? "the pod asked for it" : "the default";
  const ms = ports.clock.monotonicMs() - startedMs;
  return { question, ranking: [{ network, reason }], rejected: [], modules: [], decidedBy, ms };
}

/** The modules choose among all networks; where none counts, what cAdvisor measures does, or the fallback. */
async function askModules(choosing: Choosing, ports: ChoosePorts): Promise<Decision> {
  const { selection } = choosing.config.genie;
  await using sandbox = hasModules(selection) ? ports.openSandbox(selection) : undefined;
  const candidates = await toCandidates(choosing, ports);
  const question = await toPodQuestion(choosing, candidates, ports);
  if (sandbox !== undefined) return await decideHealthily(question, sandbox, ports);
  return decideWithoutModules(question);
}

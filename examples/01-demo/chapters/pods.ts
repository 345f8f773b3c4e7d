import { NETWORK_NAMES } from "../../../test/setup/networks.ts";
import { type DecisionRecord, findNetworkOf, readDecision } from "../node.ts";
import { type RunningPod, startPod } from "../pod.ts";
import { type Pod, PODS } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const COLUMNS = [
  { title: "pod", width: 9 },
  { title: "annotation", width: 12 },
  { title: "network", width: 7 },
  { title: "address", width: 10 },
  { title: "score", width: 5, align: "right" },
  { title: "why", width: 40 },
] as const;

/** Attaches a dozen pods, and tells who got which network and why. */
export async function attachPods(stage: Stage): Promise<void> {
  const { page, tools, configFile, pods } = stage;
  page.chapter("A dozen pods: who gets which network, and why");
  page.titles(COLUMNS);
  const chosen = new Set<string>();
  for (const pod of PODS) {
    const running = await startPod(pod, configFile, tools);
    pods.push(running);
    const decision = await showPod(stage, running);
    if (decision.decidedBy === "selector") chosen.add(decision.ranking[0]?.network ?? "");
  }
  page.gap();
  const medianMs = pods.map(({ addMs }) => addMs).toSorted((a, b) => a - b)[Math.floor(pods.length / 2)] ?? 0;
  page.promise("every pod is on the network that the decision record names", true);
  page.promise(
    "the choice moved on whenever a network became too full",
    chosen.size === NETWORK_NAMES.length,
    [...chosen],
  );
  page.say(`An ADD took ${medianMs.toFixed(0)} ms (median), decision and native plugin included.`);
}

/** Prints a pod's row after checking it. @throws when the pod is elsewhere than the decision record says. */
export async function showPod({ page }: Stage, running: RunningPod): Promise<DecisionRecord> {
  const { pod, address, containerId } = running;
  const decision = await readDecision(containerId);
  const [best] = decision.ranking;
  const network = findNetworkOf(address);
  if (network === undefined || network !== best?.network) {
    page.promise(`${pod.name} is on the network that was decided`, false, { address, decision });
  }
  const score = best?.score?.toFixed(2) ?? "";
  const name = network === undefined ? "" : { text: network, style: network };
  page.row(COLUMNS, [pod.name, toWish(pod), name, address, score, toReason(decision)]);
  return decision;
}

function toWish({ annotations }: Pod): string {
  const wish = annotations["cni"];
  return wish === undefined ? "none" : `cni: ${JSON.stringify(wish)}`;
}

function toReason({ decidedBy, ranking }: DecisionRecord): string {
  const reason = ranking[0]?.reason ?? "";
  return decidedBy === "fallback" ? `fallback: ${reason}` : reason;
}

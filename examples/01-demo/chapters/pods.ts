import { NETWORK_NAMES, type NetworkName } from "../../../test/setup/networks.ts";
import { type DecisionRecord, findNetworkOf, readDecision } from "../node.ts";
import { type RunningPod, startPod } from "../pod.ts";
import { type Pod, PODS, SELECTOR_SETTINGS } from "../scenario.ts";
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
  const percent = 100 * SELECTOR_SETTINGS.atMost.occupancy;
  page.say(`The admin's rule: the cheapest network, as long as it is at most ${percent} % full.`);
  page.gap();
  showTitles(stage);
  const placements: Placement[] = [];
  for (const pod of PODS) {
    const running = await startPod(pod, configFile, tools);
    pods.push(running);
    placements.push(await showPod(stage, running));
  }
  page.gap();
  const elsewhere = placements.filter(({ network, decision }) => network !== decision.ranking[0]?.network);
  page.promise(
    "every pod is on the network that the decision record names",
    elsewhere.length === 0,
    elsewhere,
  );
  const choices = placements.filter(({ decision }) => decision.decidedBy === "selector");
  const chosen = [...new Set(choices.map(({ network }) => network))];
  page.promise("the choice moved on as networks filled", chosen.length === NETWORK_NAMES.length, chosen);
  page.say(`An ADD took ${medianMs(pods).toFixed(0)} ms (median), decision and native plugin included.`);
}

/** Where a pod is, and where it was decided to be. */
export interface Placement {
  readonly network: NetworkName | undefined;
  readonly decision: DecisionRecord;
}

/** Prints the titles above the rows of pods. */
export function showTitles({ page }: Stage): void {
  page.titles(COLUMNS);
}

/** Prints a pod's row: the network that it is on, and the reason that was recorded. */
export async function showPod(
  { page }: Stage,
  { pod, address, containerId }: RunningPod,
): Promise<Placement> {
  const decision = await readDecision(containerId);
  const network = findNetworkOf(address);
  const score = decision.ranking[0]?.score?.toFixed(2) ?? "";
  const name = network === undefined ? "none" : { text: network, style: network };
  page.row(COLUMNS, [pod.name, toWish(pod), name, address, score, toReason(decision)]);
  return { network, decision };
}

function medianMs(pods: readonly RunningPod[]): number {
  const sorted = pods.map(({ addMs }) => addMs).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function toWish({ annotations }: Pod): string {
  const wish = annotations["cni"];
  return wish === undefined ? "none" : `cni: ${JSON.stringify(wish)}`;
}

function toReason({ decidedBy, ranking }: DecisionRecord): string {
  const reason = ranking[0]?.reason ?? "";
  return decidedBy === "fallback" ? `fallback: ${reason}` : reason;
}

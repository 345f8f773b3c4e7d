import { findNetworkOf } from "../node.ts";
import { findPingMs, type RunningPod } from "../pod.ts";
import { PINGS } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const COLUMNS = [
  { title: "from", width: 16 },
  { title: "to", width: 16 },
  { title: "there and back", width: 14, align: "right" },
] as const;

/** Lets pods ping each other, within a network and across. */
export async function pingPods({ page, tools, pods }: Stage): Promise<void> {
  page.chapter("They reach each other");
  page.titles(COLUMNS);
  for (const [fromName, toName] of PINGS) {
    const from = requirePod(pods, fromName);
    const to = requirePod(pods, toName);
    const tookMs = await findPingMs(from, to.address, tools);
    if (tookMs === undefined) page.promise(`${fromName} reaches ${toName} at ${to.address}`, false);
    page.row(COLUMNS, [toPlace(from), toPlace(to), `${tookMs?.toFixed(2)} ms`]);
  }
}

function toPlace({ pod, address }: RunningPod): string {
  return `${pod.name} (${findNetworkOf(address)})`;
}

function requirePod(pods: readonly RunningPod[], name: string): RunningPod {
  const found = pods.find(({ pod }) => pod.name === name);
  if (found === undefined) throw new Error(`the scenario pings ${name}, which it never starts`);
  return found;
}

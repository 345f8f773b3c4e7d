import { listLinks } from "../../../test/setup/namespace.ts";
import { countLeases, listLedger, listProcesses } from "../node.ts";
import { stopPod } from "../pod.ts";
import type { Stage } from "../stage.ts";

/** What was there before the first pod. */
export interface Traces {
  readonly links: readonly string[];
  readonly processes: readonly string[];
}

/** Kept by the bridge plugin for the next pod, with genie and without. */
const BRIDGE = "cni-blue";

export async function readTraces(): Promise<Traces> {
  return { links: await listLinks(), processes: await listProcesses() };
}

/** Ends every pod, and proves that nothing of them is left on the node. */
export async function stopPods({ page, tools, pods }: Stage, before: Traces): Promise<void> {
  page.chapter("After DEL, nothing is left");
  const linksInPods = (await Promise.all(pods.map((pod) => stopPod(pod, tools)))).flat();
  const leases = await countLeases();
  const held = Object.values(leases).reduce((sum, count) => sum + count, 0);
  const { links, processes } = await readTraces();
  const newLinks = links.filter((link) => link !== BRIDGE && !before.links.includes(link));
  const newProcesses = processes.filter((process) => !before.processes.includes(process));
  const ledger = await listLedger();
  page.promise(
    `${pods.length} pods ended, and no interface is left in any of them`,
    linksInPods.length === 0,
    linksInPods,
  );
  page.promise(
    `no interface is left on the node (the bridge plugin keeps its bridge, ${BRIDGE})`,
    newLinks.length === 0,
    newLinks,
  );
  page.promise("no address is held", held === 0, leases);
  page.promise("genie's ledger is empty", ledger.length === 0, ledger);
  page.promise("no process is left", newProcesses.length === 0, newProcesses);
}

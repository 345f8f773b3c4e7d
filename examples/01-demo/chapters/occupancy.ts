import { NETWORK_NAMES, type NetworkName } from "../../../test/setup/networks.ts";
import { countLeases, findNetworkOf, poolSize } from "../node.ts";
import { toBar } from "../page/bar.ts";
import type { Stage } from "../stage.ts";

const COLUMNS = [
  { title: "network", width: 7 },
  { title: "before", width: 26 },
  { title: "after", width: 26 },
] as const;

export type Leases = Readonly<Record<NetworkName, number>>;

/** Shows how full the networks were before the pods came, and how full they are now. */
export async function showOccupancy({ page, pods }: Stage, before: Leases): Promise<void> {
  page.chapter("How full the networks are");
  const after = await countLeases();
  page.titles(COLUMNS);
  for (const name of NETWORK_NAMES) {
    const size = poolSize(name);
    const bars = [before[name], after[name]].map((taken) => ({ text: toBar(taken, size), style: name }));
    page.row(COLUMNS, [{ text: name, style: name }, ...bars]);
  }
  const isOfPods = NETWORK_NAMES.every((name) => {
    return (
      after[name] - before[name] === pods.filter(({ address }) => findNetworkOf(address) === name).length
    );
  });
  page.gap();
  page.promise("every address in use belongs to one of the pods", isOfPods, after);
}

import { NETWORK_NAMES } from "../../../test/setup/networks.ts";
import { findPlugin, poolSize } from "../node.ts";
import { PRICE_PER_HOUR, SUBNETS } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const COLUMNS = [
  { title: "network", width: 9 },
  { title: "plugin", width: 9 },
  { title: "subnet", width: 14 },
  { title: "addresses", width: 9, align: "right" },
  { title: "price per hour", width: 14, align: "right" },
] as const;

/** Shows the networks between which genie will choose. */
export async function showNetworks({ page, confDir }: Stage): Promise<void> {
  page.chapter("A node with three real networks");
  page.titles(COLUMNS);
  for (const name of NETWORK_NAMES) {
    const plugin = await findPlugin(confDir, name);
    const { cidr } = SUBNETS[name];
    const price = PRICE_PER_HOUR[name].toFixed(2);
    page.row(COLUMNS, [{ text: name, style: name }, plugin, cidr, `${poolSize(name)}`, price]);
  }
}

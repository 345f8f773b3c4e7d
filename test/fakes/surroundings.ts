import type { Config } from "../../core/config.ts";
import { type ConfFolder, listNetworks, type Surroundings } from "../../core/networks/candidates.ts";

/** What is at hand for the pod shop/web on a node with this conf folder, and no plugin. */
export function makeSurroundings(
  config: Config,
  folder: ConfFolder = { files: [], pluginFilesByNetwork: new Map() },
): Surroundings {
  const pod = { namespace: "shop", name: "web", uid: "u1" };
  return { folder, node: listNetworks(folder, config), config, pod, path: [], used: new Set() };
}

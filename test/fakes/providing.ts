import type { ProvidePorts } from "../../core/networks/provide.ts";

/** Of a node that has no plugin, so that no configuration is made. */
export const noPlugins: ProvidePorts = {
  exec: { has: async () => false, run: async () => ({ ended: "notFound" }) },
  confFolder: async () => ({ files: [], pluginFilesByNetwork: new Map() }),
  confMaker: {
    hostRoutes: async () => ({ subnets: [], onLinks: [], defaultLink: undefined }),
    addFile: async () => {},
  },
};

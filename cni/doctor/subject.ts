import type { Config, GenieConfig } from "../../core/config.ts";
import type { NodeNetworks } from "../../core/networks/candidates.ts";
import type { UndoPorts } from "../../core/ports.ts";
import { type ConfiguredModule, listConfigured } from "../../core/select/selection-config.ts";
import type { InstalledPlugin } from "./installed-plugins.ts";

/** The node that is looked at. What several checks need is read once. */
export interface Subject {
  /** Undefined when none was named, or it can't be used. */
  readonly config: Config | undefined;
  readonly configFile: string | undefined;
  readonly folders: Pick<GenieConfig, "confDir" | "stateDir" | "moduleStore">;
  /** CNI_PATH. */
  readonly path: readonly string[];
  readonly ports: Pick<UndoPorts, "ledger" | "kernel">;
  readonly networks: () => Promise<NodeNetworks>;
  readonly pluginByName: () => Promise<ReadonlyMap<string, InstalledPlugin>>;
}

/** The modules of its configuration. */
export function listOwnModules({ config }: Pick<Subject, "config">): readonly ConfiguredModule[] {
  return config === undefined ? [] : listConfigured(config.genie.selection);
}

import type { ModuleConfig, ScorerConfig } from "../../core/select/selection-config.ts";
import { DEADLINE_MS, MODULES, PRICE_PER_HOUR, SELECTOR_SETTINGS } from "./scenario.ts";

type Written<Module> = Pick<Module & { module: string }, "module"> & Partial<Module>;

/** The part of a selection that an admin writes; the rest has defaults. */
export interface WrittenSelection {
  readonly scorers: readonly Written<ScorerConfig>[];
  readonly selector: Written<ModuleConfig>;
  readonly deadlineMs: number;
}

/** Where a module lies in the demo's registry. */
export function toReference(host: string, name: string): string {
  return `${host}/genie/${name}:1.0`;
}

/** Genie's own CNI configuration, with tags where `geniectl pin` will write digests. */
export function toPluginConfig(confDir: string, selection: WrittenSelection) {
  const facts = Object.entries(PRICE_PER_HOUR).map(([name, pricePerHour]) => [name, { pricePerHour }]);
  return {
    cniVersion: "1.0.0",
    name: "genie",
    type: "genie",
    capabilities: { "io.kubernetes.cri.pod-annotations": true },
    genie: { confDir, networks: Object.fromEntries(facts), selection },
  };
}

/** Two scorers, of which free addresses weigh double, and the selector that has the last word. */
export function toSelection(host: string): WrittenSelection {
  const [occupancy, price, cheapestWithin] = MODULES;
  return {
    scorers: [
      { module: toReference(host, occupancy.name), weight: 2 },
      { module: toReference(host, price.name), weight: 1 },
    ],
    selector: { module: toReference(host, cheapestWithin.name), settings: SELECTOR_SETTINGS },
    deadlineMs: DEADLINE_MS,
  };
}

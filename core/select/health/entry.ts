import { createHash } from "node:crypto";
import type { RunMode } from "../decision.ts";
import { type ConfiguredModule, toDigest } from "../selection-config.ts";
import type { HealthBook, ModuleHealth } from "./book.ts";

/** What stands in the book of a module as it is configured now. */
export function findHealth(book: HealthBook, module: ConfiguredModule): ModuleHealth | undefined {
  const [digest, entry] = [toDigest(module.config), toEntry(module)];
  return book.find((one) => one.digest === digest && one.entry === entry);
}

/** Of a module that has done nothing yet. */
export function makeHealth(module: ConfiguredModule, mode: RunMode): ModuleHealth {
  const none = {
    runs: 0,
    failures: 0,
    differences: 0,
    usedAtMs: 0,
    recent: "",
    circuits: { namespaces: [] },
  };
  return { digest: toDigest(module.config), kind: module.kind, mode, entry: toEntry(module), ...none };
}

/** Tells one configuration of a module from another. */
function toEntry({ kind, config }: ConfiguredModule): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, config]))
    .digest("hex")
    .slice(0, 16);
}

import type { Deprecation, Entry } from "../../registry/catalogue/document.ts";
import { sha256 } from "../../registry/digest.ts";

/** An entry as a publisher makes it. */
export function makeEntry(more: Partial<Entry> = {}): Entry {
  return {
    type: "entry",
    repository: "registry.example/team/scorer",
    version: "1.0.0",
    digest: sha256(Buffer.from("a module")),
    kind: "scorer",
    world: "genie:selection@1.0.0",
    description: "Prefers networks with free addresses",
    kpis: { required: ["occupancy"], optional: [] },
    signers: [],
    sizeBytes: 10_000,
    publishedAt: "2026-11-26T00:00:00.000Z",
    ...more,
  };
}

export function makeDeprecation(more: Partial<Deprecation> = {}): Deprecation {
  const { repository, version } = makeEntry();
  const deprecatedAt = "2026-11-26T01:00:00.000Z";
  return { type: "deprecation", repository, version, reason: "too slow", deprecatedAt, ...more };
}

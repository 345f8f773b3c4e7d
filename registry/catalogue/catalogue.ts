import type { CatalogueDocument, Deprecation, Entry } from "./document.ts";
import type { DocumentByTag } from "./roll-up.ts";
import { type ModuleVersion, toVersionKey } from "./tags.ts";

export interface CatalogueEntry extends Entry {
  /** Undefined when it isn't. */
  readonly deprecated: { readonly reason: string; readonly replacedBy: string | undefined } | undefined;
}

/** What a catalogue says. Anybody who may write to its repository may have said it. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
  /** The newest of its documents; 0 when it has none. */
  readonly updatedAtMs: number;
  /** Of the documents that say it. */
  readonly tags: readonly string[];
  /** What of it can't be read; a clause each. */
  readonly faults: readonly string[];
}

/** Puts the documents together: an entry with the latest word on whether it's deprecated. */
export function planCatalogue(documentByTag: DocumentByTag, faults: readonly string[]): Catalogue {
  const entries: Entry[] = [];
  const deprecationByKey = new Map<string, Deprecation>();
  let updatedAtMs = 0;
  for (const document of documentByTag.values()) {
    updatedAtMs = Math.max(updatedAtMs, toTimeMs(document));
    if (document.type === "entry") entries.push(document);
    else {
      const known = deprecationByKey.get(toVersionKey(document));
      if (known === undefined || toTimeMs(known) < toTimeMs(document))
        deprecationByKey.set(toVersionKey(document), document);
    }
  }
  return {
    entries: entries.map((entry) => ({
      ...entry,
      deprecated: toDeprecated(deprecationByKey.get(toVersionKey(entry))),
    })),
    updatedAtMs,
    tags: [...documentByTag.keys()],
    faults,
  };
}

/** The entry of a version, or the newest one of a digest; undefined when the catalogue has none. */
export function findEntry(
  { entries }: Catalogue,
  { repository, version, digest }: { repository: string } & Partial<ModuleVersion & { digest: string }>,
): CatalogueEntry | undefined {
  const isMeant = (entry: CatalogueEntry) =>
    entry.repository === repository &&
    (version === undefined || entry.version === version) &&
    (digest === undefined || entry.digest === digest);
  const meant = entries.filter(isMeant);
  return meant.toSorted((one, other) => Date.parse(other.publishedAt) - Date.parse(one.publishedAt))[0];
}

function toDeprecated(deprecation: Deprecation | undefined): CatalogueEntry["deprecated"] {
  if (deprecation?.reason === undefined) return undefined;
  return { reason: deprecation.reason, replacedBy: deprecation.replacedBy };
}

function toTimeMs(document: CatalogueDocument): number {
  return Date.parse(document.type === "entry" ? document.publishedAt : document.deprecatedAt);
}

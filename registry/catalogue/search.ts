import type { ModuleKind } from "../../core/select/request.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { compareVersions } from "./version-order.ts";

export interface Search {
  /** Each must be found; none finds all. */
  readonly words: readonly string[];
  readonly kind?: ModuleKind | undefined;
  /** The module makes use of this KPI. */
  readonly kpi?: string | undefined;
  /** The beginning of a key's fingerprint. */
  readonly signedBy?: string | undefined;
}

/** The newest version of each repository that fits: who has the words in its name first, what is deprecated last. */
export function planSearch(entries: readonly CatalogueEntry[], search: Search): readonly CatalogueEntry[] {
  const byRepository = Map.groupBy(entries, ({ repository }) => repository);
  const newest = [...byRepository.values()]
    .flatMap((versions) => versions.toSorted(compareNewestFirst).slice(0, 1))
    .filter((entry) => fits(entry, search));
  const words = search.words.map((word) => word.toLowerCase());
  const rank = (entry: CatalogueEntry) =>
    (entry.deprecated === undefined ? 0 : 2) +
    (words.every((word) => entry.repository.includes(word)) ? 0 : 1);
  return newest.toSorted(
    (one, other) => rank(one) - rank(other) || (one.repository < other.repository ? -1 : 1),
  );
}

/** What isn't deprecated before what is, then by version. */
export function compareNewestFirst(one: CatalogueEntry, other: CatalogueEntry): number {
  const byState = Number(one.deprecated !== undefined) - Number(other.deprecated !== undefined);
  return byState || compareVersions(other.version, one.version);
}

function fits(entry: CatalogueEntry, { words, kind, kpi, signedBy }: Search): boolean {
  const { repository, title = "", description, kpis, signers } = entry;
  const text = [repository, title, description, entry.kind, ...kpis.required, ...kpis.optional]
    .join(" ")
    .toLowerCase();
  return (
    words.every((word) => text.includes(word.toLowerCase())) &&
    (kind === undefined || entry.kind === kind) &&
    (kpi === undefined || kpis.required.includes(kpi) || kpis.optional.includes(kpi)) &&
    (signedBy === undefined || signers.some((signer) => isSameKey(signer, signedBy)))
  );
}

/** With or without the algorithm. */
function isSameKey(signer: string, prefix: string): boolean {
  return signer.startsWith(prefix) || signer.startsWith(`sha256:${prefix}`);
}

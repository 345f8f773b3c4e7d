import type { Digest } from "../digest.ts";
import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.ts";
import { compareNewestFirst } from "../catalogue/search.ts";
import { compareVersions } from "../catalogue/version-order.ts";

/** One repository with all its versions. */
export interface ShelvedModule {
  readonly repository: string;
  /** The last part of the repository. */
  readonly name: string;
  /** The latest first. */
  readonly versions: readonly CatalogueEntry[];
  /** The latest version that is not deprecated, or else the latest. */
  readonly offered: CatalogueEntry;
  /** In lower case: what a search for words looks at. */
  readonly words: string;
}

/** A catalogue in the order in which pages need it. */
export interface Shelf {
  /** By name. */
  readonly modules: readonly ShelvedModule[];
  readonly versionsByDigest: ReadonlyMap<Digest, readonly CatalogueEntry[]>;
  readonly moduleByRepository: ReadonlyMap<string, ShelvedModule>;
  readonly kpis: readonly string[];
  readonly updatedAtMs: number;
  /** Of the catalogue's documents. */
  readonly tags: readonly string[];
}

export function planShelf({ entries, updatedAtMs, tags }: Omit<Catalogue, "faults">): Shelf {
  const byRepository = Map.groupBy(entries, ({ repository }) => repository);
  const modules = [...byRepository.values()].map(toShelved);
  modules.sort((a, b) => compareTexts(a.name, b.name) || compareTexts(a.repository, b.repository));
  const kpis = new Set(entries.flatMap((entry) => [...entry.kpis.required, ...entry.kpis.optional]));
  return {
    modules,
    versionsByDigest: Map.groupBy(entries, ({ digest }) => digest),
    moduleByRepository: new Map(modules.map((module) => [module.repository, module])),
    kpis: [...kpis].sort(compareTexts),
    updatedAtMs,
    tags,
  };
}

/** The version with this digest, in this repository if there is one. */
export function findVersion(
  { versionsByDigest }: Shelf,
  digest: Digest,
  repository: string | null,
): CatalogueEntry | undefined {
  const versions = versionsByDigest.get(digest);
  return versions?.find((version) => version.repository === repository) ?? versions?.[0];
}

function toShelved(entries: readonly CatalogueEntry[]): ShelvedModule {
  const versions = entries.toSorted((one, other) => compareVersions(other.version, one.version));
  const offered = entries.toSorted(compareNewestFirst)[0];
  if (offered === undefined) throw new Error("a repository without a version");
  const { repository, title = "", description, kpis } = offered;
  const words = [repository, title, description, ...kpis.required, ...kpis.optional].join(" ").toLowerCase();
  return { repository, name: repository.slice(repository.lastIndexOf("/") + 1), versions, offered, words };
}

/** The same order whatever the machine's language. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

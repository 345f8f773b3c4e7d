import { withoutLogin } from "../auth/credentials.ts";
import type { CatalogueEntry } from "../catalogue/catalogue.ts";
import { readCatalogue, readVersion } from "../catalogue/read.ts";
import { toVersionKey } from "../catalogue/tags.ts";
import { type ClientOptions, RegistryClient } from "../client/client.ts";
import type { Limits } from "../client/limits.ts";
import type { Digest } from "../digest.ts";
import { RegistryFailure, type RegistryFailureKind } from "../errors.ts";
import type { Reference } from "../reference.ts";
import { formatRepository, parseRepository } from "../repository-name.ts";
import type { TrustPolicy } from "../trust/policy.ts";
import { isAllowed } from "./allowed.ts";
import type { Assets } from "./assets.ts";
import type { ModuleDetails } from "./details.ts";
import { GatedCache } from "./gated-cache.ts";
import { toGoldenViews } from "./golden-view.ts";
import { type ModuleContents, readContents } from "./module-contents.ts";
import type { TriedModule } from "./playground/routes.ts";
import { toModuleUrl } from "./module-url.ts";
import type { ReadmeRenderer } from "./readme/renderer.ts";
import type { Market } from "./routes.ts";
import { judgeFor } from "./signature-views.ts";
import { findVersion } from "./shelf.ts";
import { openStock } from "./stock.ts";
import { toTriedModule } from "./tried-module.ts";

export interface MarketOptions {
  readonly catalogue: Reference;
  readonly assets: Assets;
  readonly readmes: ReadmeRenderer;
  /** See `isAllowed`. */
  readonly prefixes: readonly string[];
  /** How registries are spoken to. */
  readonly client: ClientOptions;
  /** With the login of whoever runs this; else as anybody. */
  readonly withLogin: boolean;
  /** Whose signatures are shown as verified; read again with the catalogue. @throws {RegistryFailure} invalidPolicy */
  readonly readPolicy: () => Promise<TrustPolicy | undefined>;
  readonly refreshMs: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Told what goes wrong, which visitors aren't. */
  readonly onFault: (error: unknown) => void;
}

export interface OpenMarket extends Market {
  /** Undefined of a digest that the catalogue doesn't name; a sentence says why it can't be tried. */
  findTried(digest: Digest, repository: string | null): Promise<TriedModule | string | undefined>;
  /** Settled when nothing is read any more. */
  readonly ended: Promise<void>;
}

/** A visitor waits. */
const LIMITS: Partial<Limits> = {
  connectMs: 3_000,
  headersMs: 5_000,
  totalMs: 15_000,
  retries: 1,
  maxRetryAfterMs: 2_000,
};
/** A module may have 16 MiB. */
const CONTENTS_KEPT = 8;
const DETAILS_KEPT = 512;
/** For all that is read of one module. */
const DEADLINE_MS = 20_000;

/** What visitors are told of a registry; the rest is for the admin. */
const WHY_BY_KIND = {
  timeout: "its registry is too slow",
  notFound: "its registry has it no longer",
  unauthorized: "its registry doesn’t show it to everybody",
  denied: "its registry doesn’t show it to everybody",
  digestMismatch: "its registry gave other bytes than the digest names",
  notModule: "what lies there is no module",
  invalidPolicy: "the trust policy of this site can’t be read",
  busy: "too many ask at the same time; try again in a moment",
} as const satisfies Partial<Record<RegistryFailureKind, string>>;

/** Reads the catalogue, and what else visitors ask for. @throws {RegistryFailure} when there is no catalogue */
export async function openMarket(options: MarketOptions): Promise<OpenMarket> {
  const { catalogue, assets, signal, onFault, refreshMs } = options;
  const name = formatRepository(catalogue);
  const owns = new GatedCache<CatalogueEntry | string>(DETAILS_KEPT);
  const contents = new GatedCache<ModuleContents | string>(CONTENTS_KEPT);
  // Gated as well: who waits for a README to be rendered holds a whole module.
  const details = new GatedCache<ModuleDetails | string>(DETAILS_KEPT);
  const stock = await openStock({
    read: () => askRepository(options, catalogue, (client) => readCatalogue(client, name)),
    onRead: () => [owns, contents, details].forEach((cache) => cache.clear()),
    refreshMs,
    signal,
    onFault,
  });
  const readOwn = (entry: CatalogueEntry) =>
    orWhy(() => owns.get(toVersionKey(entry), () => fetchOwn(entry, stock.shelf().tags, options)));
  const readContentsOf = (entry: CatalogueEntry) =>
    contents.get(toKey(entry), () => fetchContents(entry, options));
  const toDetailsOf = async (entry: CatalogueEntry) => toDetails(entry, await readContentsOf(entry), options);
  return {
    assets,
    catalogue: name,
    shelf: () => stock.shelf(),
    ended: stock.ended,
    findPlaygroundUrl: (entry) =>
      isAllowed(entry.repository, options) ? toModuleUrl(entry, "/playground") : undefined,
    readOwn,
    readDetails: (entry) => orWhy(() => details.get(toKey(entry), () => toDetailsOf(entry))),
    findTried: async (digest, repository) => {
      const entry = findVersion(stock.shelf(), digest, repository);
      if (entry === undefined) return undefined;
      const [own, found] = await Promise.all([readOwn(entry), orWhy(() => readContentsOf(entry))]);
      const isOwn = typeof own === "string" || own.digest === digest;
      return toTriedModule(entry, isOwn ? found : "the entry of this version names another one");
    },
  };
}

/** What the version's own tags say, whatever the roll-up says. */
function fetchOwn(
  entry: CatalogueEntry,
  tags: readonly string[],
  options: MarketOptions,
): Promise<CatalogueEntry | string> {
  return orClause(options, async (bounded) => {
    const own = await askRepository(bounded, options.catalogue, (client) => readVersion(client, tags, entry));
    if (typeof own === "object") return own;
    if (own !== undefined) options.onFault(new RegistryFailure("badAnswer", own));
    return own === undefined ? "it was withdrawn" : "it is damaged";
  });
}

async function fetchContents(
  entry: CatalogueEntry,
  options: MarketOptions,
): Promise<ModuleContents | string> {
  const { repository, digest } = entry;
  if (!isAllowed(repository, options)) return "its repository is none of those that this page reads";
  return await orClause(options, (bounded) => {
    const reference = { ...parseRepository(repository), tag: undefined, digest };
    return askRepository(bounded, reference, (client) => readContents(client, digest, toKey(entry)));
  });
}

/** Why it can't be had, as a clause, is kept as well: a registry that fails isn't asked by every visitor. */
async function orClause<T>(
  options: MarketOptions,
  read: (bounded: MarketOptions) => Promise<T>,
): Promise<T | string> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await read({ ...options, signal: AbortSignal.any([options.signal, deadline]) });
  } catch (error) {
    if (deadline.aborted) return WHY_BY_KIND.timeout;
    if (!(error instanceof RegistryFailure)) throw error;
    options.onFault(error);
    return findWhy(error.kind) ?? "its registry doesn’t answer as it should";
  }
}

function findWhy(kind: RegistryFailureKind): string | undefined {
  return Object.hasOwn(WHY_BY_KIND, kind) ? WHY_BY_KIND[kind as keyof typeof WHY_BY_KIND] : undefined;
}

/** What is this site's own fault is told, and not kept. */
async function orWhy<T>(read: () => Promise<T | string>): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RegistryFailure) || !(error.kind === "busy" || error.kind === "invalidPolicy"))
      throw error;
    return WHY_BY_KIND[error.kind];
  }
}

async function toDetails(
  entry: CatalogueEntry,
  contents: ModuleContents | string,
  { readmes, readPolicy }: MarketOptions,
): Promise<ModuleDetails | string> {
  if (typeof contents === "string") return contents;
  const { component, metadata, readme, cases, benchmark, signatures } = contents;
  const { digest, repository, bench } = entry;
  return {
    sizeBytes: component.byteLength,
    metadata,
    readme: readme === undefined ? undefined : await readmes.render(readme),
    goldenCases: toGoldenViews(cases),
    bench: benchmark?.latencies ?? (bench === undefined ? [] : [bench]),
    ...judgeFor(await readPolicy(), { reference: parseRepository(repository), digest, signatures }),
  };
}

/** Asks one repository, as whoever we are. */
async function askRepository<T>(
  { client: options, withLogin, signal }: MarketOptions,
  reference: Reference,
  ask: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  using client = new RegistryClient(reference, {
    ...options,
    signal,
    limits: LIMITS,
    meter: undefined,
    ...(!withLogin && { env: withoutLogin(options.env ?? process.env) }),
  });
  return await ask(client);
}

function toKey({ repository, digest }: CatalogueEntry): string {
  return `${repository}@${digest}`;
}

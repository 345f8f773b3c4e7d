import { isDigest } from "../digest.ts";
import type { Assets } from "./assets.ts";
import type { ModuleDetails } from "./details.ts";
import type { CatalogueEntry } from "../catalogue/catalogue.ts";
import { type Answer, htmlAnswer, type Route, type Visit } from "./http/answer.ts";
import { listPage } from "./pages/list.ts";
import type { Site } from "./pages/layout.ts";
import { missingPage } from "./pages/missing.ts";
import { modulePage } from "./pages/module.ts";
import { readSearch } from "./search.ts";
import { findVersion, type Shelf } from "./shelf.ts";

/** What pages are made of. */
export interface Market {
  readonly assets: Assets;
  /** The catalogue's reference. */
  readonly catalogue: string;
  /** As it was read last. */
  shelf(): Shelf;
  /** What the version's own tags in the catalogue say of it, or why that isn't known, in one clause. */
  readOwn(entry: CatalogueEntry): Promise<CatalogueEntry | string>;
  /** What the registry holds of a module, or why that can't be shown, in one clause. */
  readDetails(entry: CatalogueEntry, signal: AbortSignal): Promise<ModuleDetails | string>;
  /** Where a module can be tried out; undefined where it can't. */
  findPlaygroundUrl(entry: CatalogueEntry): string | undefined;
}

export function siteOf(market: Market): Site {
  const { assets, catalogue } = market;
  return { assets, catalogue, updatedAtMs: market.shelf().updatedAtMs };
}

/** The pages: the list at `/`, a module at `/modules/<digest>`. */
export function pageRoutes(market: Market): readonly Route[] {
  const site = () => siteOf(market);
  const list: Route = ({ path, params }) =>
    path.length === 1 && path[0] === ""
      ? htmlAnswer(listPage(site(), market.shelf(), readSearch(params)))
      : undefined;
  const missing: Route = () => htmlAnswer(missingPage(site()), 404);
  return [market.assets.route, list, (visit) => answerModule(market, site(), visit), missing];
}

/** Only of digests that the catalogue names: nobody else's registry is asked by way of us. */
async function answerModule(
  market: Market,
  site: Site,
  { path, params, signal }: Visit,
): Promise<Answer | undefined> {
  const [folder, digest, ...more] = path;
  if (folder !== "modules" || !isDigest(digest) || more.length > 0) return undefined;
  const shelf = market.shelf();
  const listed = findVersion(shelf, digest, params.get("in"));
  const module = listed && shelf.moduleByRepository.get(listed.repository);
  if (listed === undefined || module === undefined) return undefined;
  const [own, details] = await Promise.all([market.readOwn(listed), market.readDetails(listed, signal)]);
  const entry = typeof own === "string" ? listed : own;
  const isListed = entry.digest === listed.digest;
  const page = modulePage(site, {
    entry,
    source: typeof own === "string" ? { unread: own } : { listedDigest: listed.digest },
    name: module.name,
    versions: module.versions.map((version) => (version === listed ? entry : version)),
    details: isListed ? details : await market.readDetails(entry, signal),
    playgroundUrl: isListed ? market.findPlaygroundUrl(entry) : undefined,
  });
  return htmlAnswer(page);
}

import { loadAssets, PAGE_FILES } from "../../registry/market/assets.ts";
import type { CatalogueEntry } from "../../registry/catalogue/catalogue.ts";
import type { Market } from "../../registry/market/routes.ts";
import { planShelf } from "../../registry/market/shelf.ts";

const BROWSER_DIR = new URL("../../registry/market/browser", import.meta.url).pathname;

/** A market with these entries and no registry. */
export async function makeMarket(
  entries: readonly CatalogueEntry[],
  more: Partial<Market> = {},
): Promise<Market> {
  const shelf = planShelf({ entries, updatedAtMs: 0, tags: [] });
  return {
    assets: await loadAssets(BROWSER_DIR, PAGE_FILES),
    catalogue: "registry.example/genie/catalogue:latest",
    shelf: () => shelf,
    readOwn: (entry) => Promise.resolve(entry),
    readDetails: () => Promise.resolve("there is no registry here"),
    findPlaygroundUrl: () => undefined,
    ...more,
  };
}

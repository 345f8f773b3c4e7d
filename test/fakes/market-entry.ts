import type { CatalogueEntry } from "../../registry/catalogue/catalogue.ts";
import { sha256 } from "../../registry/digest.ts";
import { makeEntry } from "./catalogue-entry.ts";

/** An entry as readers see it; its digest follows from repository and version. */
export function marketEntry(fields: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const { repository = "registry.example/genie/near", version = "1.0.0", deprecated, ...more } = fields;
  const kpis = { required: [], optional: [] };
  const digest = sha256(Buffer.from(`${repository}:${version}`));
  return { ...makeEntry({ repository, version, kpis, digest, ...more }), deprecated };
}

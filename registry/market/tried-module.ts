import type { CatalogueEntry } from "../catalogue/catalogue.ts";
import type { GoldenCase } from "../../core/golden/case.ts";
import type { ModuleContents } from "./module-contents.ts";
import type { TriedModule } from "./playground/routes.ts";

/** A module of the registry as the playground takes it; a sentence says why it takes it not. */
export function toTriedModule(
  { repository, version, digest }: CatalogueEntry,
  contents: ModuleContents | string,
): TriedModule | string {
  if (typeof contents === "string") return `This module can’t be tried: ${contents}.`;
  const { manifest, component, kind, metadata, cases } = contents;
  if (kind === undefined) return "This module can’t be tried: it is neither a scorer nor a selector.";
  return {
    title: `${repository.slice(repository.lastIndexOf("/") + 1)} ${version}`,
    repository,
    reference: `${repository}@${digest}`,
    kind,
    manifest,
    component,
    metadata,
    cases: cases.filter(canBeDrawn),
  };
}

/** Each is a slider, or more. */
const MOST_CANDIDATES = 64;
const MOST_SLIDERS = 2_000;

/** Whether a browser can show this case for a visitor to play with. */
function canBeDrawn({ candidates }: GoldenCase): boolean {
  const all = Object.values(candidates);
  const kpis = new Set(all.flatMap((values) => Object.keys(values)));
  return all.length <= MOST_CANDIDATES && all.length * kpis.size <= MOST_SLIDERS;
}

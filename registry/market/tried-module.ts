import type { CatalogueEntry } from "../catalogue/catalogue.ts";
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
    cases,
  };
}

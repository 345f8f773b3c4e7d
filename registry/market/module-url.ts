import type { CatalogueEntry } from "../catalogue/catalogue.ts";

/**
 * The page of a module, or a part of it such as `/playground`. It says which repository is meant: whoever may write the
 * catalogue can enter the same digest under a name of their own.
 */
export function toModuleUrl(
  { repository, digest }: Pick<CatalogueEntry, "repository" | "digest">,
  part = "",
): string {
  return `/modules/${digest}${part}?${new URLSearchParams({ in: repository }).toString()}`;
}

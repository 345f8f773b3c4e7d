import { type AddOptions, addEntry } from "./add.ts";
import { putDocument } from "./artifact.ts";
import type { CatalogueDocument, Deprecation, Entry } from "./document.ts";
import { readContents } from "./read.ts";
import type { CatalogueRepository } from "./repository.ts";
import { isRollUpDue, putRollUp } from "./roll-up.ts";
import { toDocumentTag } from "./tags.ts";

/** Adds an entry, and brings the roll-up up to date. @returns and throws as `addEntry` does. */
export async function publishEntry(
  repository: CatalogueRepository,
  entry: Entry,
  options: AddOptions,
): Promise<boolean> {
  const isNew = await addEntry(repository, entry, options);
  await refreshRollUp(repository, entry);
  return isNew;
}

/** Says of a version that it's deprecated, or no longer. */
export async function publishDeprecation(
  repository: CatalogueRepository,
  deprecation: Deprecation,
): Promise<void> {
  await putDocument(repository, deprecation);
  await refreshRollUp(repository, deprecation);
}

/** Writes the roll-up anew where it lacks much. @param own may be missing in a list of tags that lags behind. */
export async function refreshRollUp(repository: CatalogueRepository, own: CatalogueDocument): Promise<void> {
  const { documentByTag, rolledUp } = await readContents(repository);
  const all = new Map(documentByTag);
  if (!all.has(toDocumentTag(own))) all.set(toDocumentTag(own), own);
  if (isRollUpDue(all, rolledUp)) await putRollUp(repository, all);
}

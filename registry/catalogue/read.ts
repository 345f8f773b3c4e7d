import { isDeepStrictEqual } from "node:util";
import { RegistryFailure } from "../errors.ts";
import { forEach } from "../some-at-a-time.ts";
import { type BlobReader, readDocument } from "./artifact.ts";
import { type Catalogue, type CatalogueEntry, findEntry, planCatalogue } from "./catalogue.ts";
import type { CatalogueDocument } from "./document.ts";
import type { CatalogueReader } from "./repository.ts";
import { type DocumentByTag, readRollUp } from "./roll-up.ts";
import { isDocumentTag, listDeprecationTags, MAX_DOCUMENTS, type ModuleVersion, toEntryTag } from "./tags.ts";

/** Beside the roll-up: two requests each. */
const MAX_SINGLE_READS = 10_000;
const MAX_FAULTS = 20;
/** Of one version, the latest first: those that can't be read are passed over. */
const MAX_DEPRECATIONS_READ = 4;

export interface CatalogueContents {
  /** Undefined when nothing was ever published here. */
  readonly catalogue: Catalogue | undefined;
  readonly documentByTag: DocumentByTag;
  /** What the roll-up has of it. */
  readonly rolledUp: DocumentByTag;
}

export interface ReadOptions {
  /** `host/repository` of what somebody relies on: read from its own tags, which never change, and not the roll-up. */
  readonly exact?: ReadonlySet<string>;
}

/** @throws {RegistryFailure} notFound when there is no catalogue at `where` */
export async function readCatalogue(
  reader: CatalogueReader,
  where: string,
  options: ReadOptions = {},
): Promise<Catalogue> {
  const { catalogue } = await readContents(reader, options);
  if (catalogue !== undefined) return catalogue;
  throw new RegistryFailure("notFound", `there is no catalogue at ${where}`, {
    todo: "check the name; geniectl publish makes one",
  });
}

/** The tags tell what there is; the roll-up spares reading most of it one by one. */
export async function readContents(
  reader: CatalogueReader,
  { exact }: ReadOptions = {},
): Promise<CatalogueContents> {
  const tags = (await reader.listTags()).filter(isDocumentTag);
  const { documentByTag: rolledUp, faults } = await readRollUp(reader);
  const documentByTag = new Map<string, CatalogueDocument>();
  const single: string[] = [];
  for (const tag of tags.slice(0, MAX_DOCUMENTS)) {
    const document = rolledUp.get(tag);
    if (document === undefined || exact?.has(document.repository) === true) single.push(tag);
    else documentByTag.set(tag, document);
  }
  const unread = tags.slice(MAX_DOCUMENTS).length + single.splice(MAX_SINGLE_READS).length;
  const told = [...faults];
  if (unread > 0) told.push(`${unread} of its documents are too many to be read`);
  await forEach(single, async (tag) => {
    const document = await readDocument(reader, tag);
    if (typeof document === "string") told.push(document);
    else if (document !== undefined) {
      documentByTag.set(tag, document);
      const said = rolledUp.get(tag);
      if (said !== undefined && !isDeepStrictEqual(said, document))
        told.push(`its roll-up says something else than ${tag}: the tag counts`);
    }
  });
  const isThere = tags.length > 0 || rolledUp.size > 0 || faults.length > 0;
  const catalogue = isThere ? planCatalogue(documentByTag, told.slice(0, MAX_FAULTS)) : undefined;
  return { catalogue, documentByTag, rolledUp };
}

/**
 * What a version's own tags say of it: undefined when it was withdrawn, and the clause that says why its entry can't be
 * read.
 * @param tags all of the catalogue's
 */
export async function readVersion(
  reader: BlobReader,
  tags: readonly string[],
  { repository, version }: ModuleVersion,
): Promise<CatalogueEntry | string | undefined> {
  const wanted = { repository, version };
  const entryTag = toEntryTag(wanted);
  const entry = await readDocument(reader, entryTag);
  if (typeof entry !== "object") return entry;
  const documentByTag = new Map([[entryTag, entry]]);
  for (const tag of listDeprecationTags(tags, wanted).slice(0, MAX_DEPRECATIONS_READ)) {
    const deprecation = await readDocument(reader, tag);
    if (typeof deprecation !== "object") continue;
    documentByTag.set(tag, deprecation);
    break;
  }
  return findEntry(planCatalogue(documentByTag, []), wanted);
}

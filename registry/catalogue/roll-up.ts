import { isJsonObject } from "../../core/spec/json.ts";
import { ARTIFACT_TYPE } from "../artifact/annotations.ts";
import { type BlobReader, checkDocument, planJsonArtifact, putTagged, readJson } from "./artifact.ts";
import type { CatalogueDocument } from "./document.ts";
import type { CatalogueRepository } from "./repository.ts";
import { isDocumentTag, MAX_DOCUMENTS, ROLL_UP_TAG } from "./tags.ts";

export type DocumentByTag = ReadonlyMap<string, CatalogueDocument>;

/** Some 40 000 documents. */
const MAX_ROLL_UP_BYTES = 32 * 2 ** 20;
const SCHEMA_VERSION = 1;

/** The roll-up may lack this share of the documents: writing it anew costs as much as all of them. */
const STALE_SHARE = 0.01;

export interface RollUp {
  readonly documentByTag: DocumentByTag;
  /** Why it, or a part of it, can't be used; its documents are then read one by one. */
  readonly faults: readonly string[];
}

const NONE: RollUp = { documentByTag: new Map(), faults: [] };

/** All documents of the catalogue in one, as they were when it was written. */
export async function readRollUp(reader: BlobReader): Promise<RollUp> {
  const value = await readJson(reader, { tag: ROLL_UP_TAG, maxBytes: MAX_ROLL_UP_BYTES });
  if (value === undefined) return NONE;
  if (typeof value === "string") return { ...NONE, faults: [value] };
  const { schemaVersion, documents } = value;
  if (schemaVersion !== SCHEMA_VERSION || !isJsonObject(documents)) {
    return { ...NONE, faults: [`${ROLL_UP_TAG} is of another version of genie`] };
  }
  const documentByTag = new Map<string, CatalogueDocument>();
  const named = Object.keys(documents).filter(isDocumentTag).slice(0, MAX_DOCUMENTS);
  for (const tag of named) {
    const document = documents[tag];
    const checked = checkDocument(tag, document);
    if (typeof checked !== "string") documentByTag.set(tag, checked);
  }
  return { documentByTag, faults: [] };
}

/** Whether so much is missing that readers should be spared it. */
export function isRollUpDue(all: DocumentByTag, rolledUp: DocumentByTag): boolean {
  const missing = [...all.keys()].filter((tag) => !rolledUp.has(tag)).length;
  return missing > all.size * STALE_SHARE;
}

/** The last writer wins; what another one added meanwhile is read from its own tag. */
export async function putRollUp(repository: CatalogueRepository, all: DocumentByTag): Promise<void> {
  const text = JSON.stringify({ schemaVersion: SCHEMA_VERSION, documents: Object.fromEntries(all) });
  if (Buffer.byteLength(text) > MAX_ROLL_UP_BYTES) return; // readers take the documents one by one
  await putTagged(repository, planJsonArtifact(ARTIFACT_TYPE.catalogue, "catalogue.json", text), ROLL_UP_TAG);
}

import { createHash } from "node:crypto";
import type { CatalogueDocument } from "./document.ts";

/** One version of one module. */
export interface ModuleVersion {
  /** `host/repository` */
  readonly repository: string;
  readonly version: string;
}

const KEY_LENGTH = 40;
const DOCUMENT_TAG = new RegExp(
  `^(?:entry-[0-9a-f]{${KEY_LENGTH}}|deprecation-[0-9a-f]{${KEY_LENGTH}}-\\d{1,15})$`,
);

/** Of one catalogue. */
export const MAX_DOCUMENTS = 50_000;

/** The tag of the roll-up. */
export const ROLL_UP_TAG = "latest";

/** What stands for a version in the catalogue's tags: the first 40 hex digits of the SHA-256 of `host/repository:version`. */
export function toVersionKey({ repository, version }: ModuleVersion): string {
  return createHash("sha256").update(`${repository}:${version}`).digest("hex").slice(0, KEY_LENGTH);
}

/** A document has a tag of its own, so that publishers never write the same one. */
export function toDocumentTag(document: CatalogueDocument): string {
  if (document.type === "entry") return toEntryTag(document);
  return `deprecation-${toVersionKey(document)}-${Date.parse(document.deprecatedAt)}`;
}

export function toEntryTag(version: ModuleVersion): string {
  return `entry-${toVersionKey(version)}`;
}

/** Those that say of a version whether it's deprecated, the latest first. */
export function listDeprecationTags(tags: readonly string[], version: ModuleVersion): readonly string[] {
  const prefix = `deprecation-${toVersionKey(version)}-`;
  const toTimeMs = (tag: string) => Number(tag.slice(prefix.length));
  return tags
    .filter((tag) => tag.startsWith(prefix))
    .toSorted((one, other) => toTimeMs(other) - toTimeMs(one));
}

/** Where publishers of the same version meet. */
export function toClaimTags(version: ModuleVersion, round: number): { claim: string; door: string } {
  const key = toVersionKey(version);
  return { claim: `claim-${key}-${round}`, door: `door-${key}-${round}` };
}

export function isDocumentTag(tag: string): boolean {
  return DOCUMENT_TAG.test(tag);
}

import { type Digest, hexOf } from "../digest.ts";

/** `sha256-<hex>`, the fallback tag of referrers; `sha256-<hex>.sig` and its like, where cosign keeps signatures. */
const DIGEST_TAG = /(?:^|:)sha256-(?<hex>[a-f0-9]{64})(?:\.[a-z]+)?$/;

/** The tag under which what belongs to this manifest is kept, where no list of referrers names it. */
export function toDigestTag(digest: Digest, ending = ""): string {
  return `sha256-${hexOf(digest)}${ending}`;
}

/** Whether a reference, or a tag alone, says which manifest it is about. */
export function isDigestTagged(reference: string): boolean {
  return DIGEST_TAG.test(reference);
}

/** The manifest that a reference is about. */
export function findTaggedDigest(reference: string): Digest | undefined {
  const hex = DIGEST_TAG.exec(reference)?.groups?.["hex"];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

import { OCI_ANNOTATION } from "../../registry/artifact/annotations.ts";
import { isVersion } from "../../registry/catalogue/version-order.ts";
import type { Digest } from "../../registry/digest.ts";
import { parseAnyManifest } from "../../registry/artifact/manifest.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { listNewer, type Look, type TaggedDigest } from "./outdated-plan.ts";

/** What a registry is asked about one repository. */
export interface TagReader {
  findManifest(name: string): Promise<Uint8Array | undefined>;
  findDigest(tag: string): Promise<Digest | undefined>;
  listTags(): Promise<readonly string[]>;
}

/** Of tags that were listed and have gone, or that a registry makes up. */
const MAX_FOLLOWED = 16;

/** Asks the registry what has become of one module. Fetches no module. */
export async function lookAtModule(
  reference: Reference,
  reader: TagReader,
): Promise<Omit<Look, "deprecated" | "refusal">> {
  const { digest } = reference;
  const name = reference.digest ?? reference.tag ?? "";
  const bytes = await reader.findManifest(name);
  const said =
    bytes && parseAnyManifest(bytes, formatReference(reference)).annotations[OCI_ANNOTATION.version];
  const tags = await reader.listTags();
  const named = reference.tag ?? (said !== undefined && tags.includes(said) ? said : undefined);
  const tag = named === undefined ? undefined : await follow(named, reader);
  const version = [reference.tag, said].find((each) => each !== undefined && isVersion(each));
  const pinned = digest ?? tag?.digest;
  const newer = listNewer(tags, version);
  const newest = await findFirst(newer, reader);
  const isBeyond = newest !== undefined && newest.digest !== pinned;
  return { digest, isThere: bytes !== undefined, version, tag, newest: isBeyond ? newest : undefined };
}

async function findFirst(tags: readonly string[], reader: TagReader): Promise<TaggedDigest | undefined> {
  for (const tag of tags.slice(0, MAX_FOLLOWED)) {
    const found = await follow(tag, reader);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined when there is no such tag. */
async function follow(version: string, reader: TagReader): Promise<TaggedDigest | undefined> {
  const digest = await reader.findDigest(version);
  return digest && { version, digest };
}

import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { MEDIA_TYPE } from "../artifact/artifact.ts";
import { type Digest, isDigest, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { MAX_REFERRERS } from "../reader.ts";
import type { Transport } from "./exchange.ts";
import { keepPresent, type Presence } from "./keep-present.ts";
import { fallbackTag, listEntries } from "./referrers.ts";

/** The calls that keeping an index takes. */
export interface IndexPort {
  find(tag: string): Promise<Uint8Array | undefined>;
  /** Not repeated by itself: what is sent again may be out of date. */
  put(index: Uint8Array, tag: string): Promise<void>;
  has(digest: Digest): Promise<boolean>;
}

/** What an index says of a manifest that refers to another. */
interface Entry {
  readonly subject: Digest;
  readonly fields: { readonly digest: Digest } & Readonly<Record<string, unknown>>;
}

/** @throws {RegistryFailure} badManifest when these bytes refer to nothing. */
export function parseReferring(manifest: Uint8Array): Entry {
  const { subject, artifactType, config, annotations, mediaType } =
    findJsonObject(new TextDecoder().decode(manifest)) ?? {};
  if (!isJsonObject(subject) || !isDigest(subject["digest"]))
    throw new RegistryFailure("badManifest", "a manifest that should refer to another names no subject");
  const type = artifactType ?? (isJsonObject(config) ? config["mediaType"] : undefined);
  return {
    subject: subject["digest"],
    fields: {
      mediaType: mediaType ?? MEDIA_TYPE.manifest,
      digest: sha256(manifest),
      size: manifest.byteLength,
      artifactType: type,
      annotations,
    },
  };
}

/**
 * Has an entry in the index at the fallback tag, beside those of other writers.
 * @throws {RegistryFailure} contended, tooLarge, and what the port throws
 */
export async function keepInIndex(entry: Entry, port: IndexPort, transport: Transport): Promise<void> {
  const what = `the index of the referrers of ${entry.subject}`;
  await keepPresent(() => addOnce(entry, port), { what, transport });
}

async function addOnce({ subject, fields }: Entry, port: IndexPort): Promise<Presence> {
  const tag = fallbackTag(subject);
  const entries = listEntries((await port.find(tag)) ?? new Uint8Array());
  if (entries.some(({ digest }) => digest === fields.digest)) return "present";
  if (entries.length >= MAX_REFERRERS)
    throw new RegistryFailure("tooLarge", `${subject} has ${entries.length} referrers already`);
  try {
    await port.put(formatIndex([...entries, fields]), tag);
  } catch (error) {
    const present = isRefused(error) ? await listPresent(entries, port) : entries;
    if (present.length === entries.length) throw error;
    await port.put(formatIndex([...present, fields]), tag);
  }
  return "added";
}

/** As docker-registry refuses an index that lists what has been deleted. */
function isRefused(error: unknown): boolean {
  return error instanceof RegistryFailure && error.kind === "badAnswer";
}

async function listPresent(entries: readonly JsonObject[], port: IndexPort): Promise<JsonObject[]> {
  const present: JsonObject[] = [];
  for (const entry of entries)
    if (isDigest(entry["digest"]) && (await port.has(entry["digest"]))) present.push(entry);
  return present;
}

function formatIndex(manifests: readonly JsonObject[]): Uint8Array {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests }));
}

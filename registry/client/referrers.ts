import {
  findJsonObject,
  isJsonObject,
  isNestedWithin,
  type JsonObject,
  MOST_LEVELS,
} from "../../core/spec/json.ts";
import { toAnnotations } from "../artifact/annotation-text.ts";
import { MEDIA_TYPE } from "../artifact/artifact.ts";
import { findDescriptor } from "../artifact/descriptor.ts";
import { toDigestTag } from "../artifact/digest-tag.ts";
import type { Digest } from "../digest.ts";
import { MAX_REFERRERS, type Referrer } from "../reader.ts";
import type { Connection } from "./connection.ts";
import { readPages } from "./page.ts";

/** Where the index of referrers is when the registry keeps none itself. Source: distribution-spec, "Referrers Tag Schema". */
export function fallbackTag(digest: Digest): string {
  return toDigestTag(digest);
}

/** What registries without this API answer, beside the 404 of the specification. Source: google/go-containerregistry#1962. */
const NO_API = [400, 405, 406, 501];

/** What the registry's referrers API lists; undefined when it has none. Source: distribution-spec, "Listing Referrers". */
export async function findListed(
  connection: Connection,
  digest: Digest,
  artifactType: string | undefined,
): Promise<Referrer[] | undefined> {
  const url = new URL(`referrers/${digest}`, connection.base);
  if (artifactType !== undefined) url.searchParams.set("artifactType", artifactType);
  const found: Referrer[] = [];
  let isServed = false;
  for await (const { headers, body } of readPages(connection, url, {
    accept: MEDIA_TYPE.index,
    absent: NO_API,
  })) {
    // A registry without this API may answer with a page of its own.
    if (headers["content-type"]?.split(";")[0]?.trim() !== MEDIA_TYPE.index) return undefined;
    isServed = true;
    found.push(...parseReferrers(body, artifactType));
    if (found.length >= MAX_REFERRERS) break;
  }
  return isServed ? found.slice(0, MAX_REFERRERS) : undefined;
}

/** The entries of an index that can be used; one bad entry hides no other. Filtered, since a registry need not. */
export function parseReferrers(index: Uint8Array, artifactType: string | undefined): Referrer[] {
  return listEntries(index)
    .map(findReferrer)
    .filter((each) => each !== undefined)
    .filter((each) => artifactType === undefined || each.artifactType === artifactType)
    .slice(0, MAX_REFERRERS);
}

/** The entries of an index as they stand there, without those that are too deep to be written again. */
export function listEntries(index: Uint8Array): JsonObject[] {
  const manifests = findJsonObject(new TextDecoder().decode(index))?.["manifests"];
  if (!Array.isArray(manifests)) return [];
  return manifests.filter(isJsonObject).filter((entry) => isNestedWithin(entry, MOST_LEVELS));
}

function findReferrer(entry: JsonObject): Referrer | undefined {
  const descriptor = findDescriptor(entry);
  if (descriptor === undefined) return undefined;
  const { artifactType } = entry;
  return {
    ...descriptor,
    artifactType: typeof artifactType === "string" ? artifactType : undefined,
    annotations: toAnnotations(entry["annotations"]),
  };
}

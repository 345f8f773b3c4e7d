import { randomUUID } from "node:crypto";
import { ARTIFACT_TYPE } from "../artifact/annotations.ts";
import { planReferrer } from "../artifact/referrer.ts";
import { putTagged } from "./artifact.ts";
import type { CatalogueRepository } from "./repository.ts";

/** The two tags at which publishers of the same version meet. */
export interface MeetingPlace {
  readonly claim: string;
  readonly door: string;
}

/**
 * True for at most one of all who ever call this for a place; it may be true for none. A registry has no compare-and-
 * swap: all that is asked of it is that a tag that was written is read so afterwards.
 * Source: L. Lamport, "A Fast Mutual Exclusion Algorithm", 1987, the fast path (a "splitter").
 */
export async function winPlace(repository: CatalogueRepository, place: MeetingPlace): Promise<boolean> {
  const mine = planToken();
  await putTagged(repository, mine, place.claim);
  if ((await repository.findDigest(place.door)) !== undefined) return false;
  await putTagged(repository, mine, place.door);
  return (await repository.findDigest(place.claim)) === mine.digest;
}

/** An artifact that nobody else has. */
function planToken() {
  return planReferrer({
    artifactType: ARTIFACT_TYPE.catalogueEntry,
    layer: { mediaType: "text/plain", bytes: Buffer.from(randomUUID()) },
  });
}

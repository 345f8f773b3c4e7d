import { setTimeout as sleep } from "node:timers/promises";
import { sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { type BlobReader, putDocument, readDocument } from "./artifact.ts";
import { winPlace } from "./claim.ts";
import type { Entry } from "./document.ts";
import type { CatalogueRepository } from "./repository.ts";
import { type ModuleVersion, toClaimTags, toEntryTag } from "./tags.ts";

/** How long publishers of the same version wait for each other. */
export interface ClaimTiming {
  /** Who won and isn't this quick doesn't write. */
  readonly writeWithinMs: number;
  /** Who lost takes the winner for dead after this; several times `writeWithinMs`. */
  readonly patienceMs: number;
  readonly pollMs: number;
}

const TIMING: ClaimTiming = { writeWithinMs: 10_000, patienceMs: 40_000, pollMs: 500 };
/** One is enough unless publishers die, or meet in just the wrong moments. */
const MAX_ROUNDS = 4;

export interface AddOptions {
  readonly signal?: AbortSignal;
  readonly timing?: ClaimTiming;
  /** Called before each wait for another publisher. */
  readonly onWait?: () => void;
}

/**
 * Adds the entry of a version that has none yet. Of publishers with different bytes one at most returns.
 * @returns false when the same bytes were published under this version before.
 * @throws {RegistryFailure} versionTaken, contended
 */
export async function addEntry(
  repository: CatalogueRepository,
  entry: Entry,
  { signal, timing = TIMING, onWait }: AddOptions = {},
): Promise<boolean> {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    if (await isEntered(repository, entry)) return false;
    const startedMs = performance.now();
    const isWinner = await winPlace(repository, toClaimTags(entry, round));
    if (isWinner && (await isEntered(repository, entry))) return false; // by the winner of an earlier round
    if (isWinner && performance.now() - startedMs < timing.writeWithinMs) {
      await writeEntry(repository, entry);
      return true;
    }
    onWait?.();
    await waitForEntry(repository, entry, { timing, signal });
  }
  if (await isEntered(repository, entry)) return false;
  throw new RegistryFailure("contended", `others are publishing ${toText(entry)} at the same time`, {
    todo: "agree on who publishes this version, and run it again",
  });
}

/** Whether this version is in the catalogue with these bytes. @throws {RegistryFailure} versionTaken by others. */
export async function isEntered(
  reader: BlobReader,
  wanted: ModuleVersion & { digest: string },
): Promise<boolean> {
  const found = await readDocument(reader, toEntryTag(wanted));
  if (found === undefined) return false;
  if (typeof found !== "string" && found.type === "entry" && found.digest === wanted.digest) return true;
  const what = typeof found === "string" ? found : found.type === "entry" ? found.digest : found.type;
  throw new RegistryFailure("versionTaken", `${toText(wanted)} is in the catalogue already: ${what}`);
}

/** @throws {RegistryFailure} versionTaken when it is overwritten at once: the timing didn't hold. */
async function writeEntry(repository: CatalogueRepository, entry: Entry): Promise<void> {
  const { digest } = await putDocument(repository, entry);
  const there = await repository.findManifest(toEntryTag(entry));
  if (there !== undefined && sha256(there) === digest) return;
  if (await isEntered(repository, entry)) return;
  throw new RegistryFailure("contended", `the entry of ${toText(entry)} was removed at once`);
}

async function waitForEntry(
  repository: CatalogueRepository,
  entry: Entry,
  { timing, signal }: { timing: ClaimTiming; signal: AbortSignal | undefined },
): Promise<void> {
  // Those who all lost must not all meet again.
  const untilMs = performance.now() + timing.patienceMs * (1 + Math.random());
  while (performance.now() < untilMs) {
    await sleep(timing.pollMs, undefined, { signal });
    if ((await repository.findDigest(toEntryTag(entry))) !== undefined) return;
  }
}

function toText({ repository, version }: ModuleVersion): string {
  return `${repository}:${version}`;
}

import { cleanDead } from "../core/delegate/clean.ts";
import type { UndoPorts } from "../core/ports.ts";

/** Entries that one call looks at: each is a small file to be read. */
const LOOKED_AT = 8;
/** Containers that one call cleans. */
const CLEANED = 4;
const DEADLINE_MS = 2_000;

/**
 * Gives back a few of the attachments that a crash or a reboot left, wherever they stand in the ledger. Runs when a
 * call's answer is out already, so what fails is logged; it stays in the ledger.
 */
export async function tidy(ports: UndoPorts): Promise<void> {
  const signal = AbortSignal.any([ports.signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const containerIds = pickSome(await ports.ledger.list());
    for (const err of await cleanDead({ containerIds, limit: CLEANED }, { ...ports, signal })) {
      ports.log.warn({ err }, "a dead attachment could not be undone; another call tries again");
    }
  } catch (err) {
    ports.log.warn({ err }, "looking for dead attachments failed");
  }
}

/** Neighbours from a random place on: all are looked at sooner or later, and no call has to remember anything. */
function pickSome(containerIds: readonly string[]): readonly string[] {
  const start = Math.floor(Math.random() * containerIds.length);
  return [...containerIds.slice(start), ...containerIds.slice(0, start)].slice(0, LOOKED_AT);
}

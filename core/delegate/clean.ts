import type { Attachment, UndoPorts } from "../ports.ts";
import { detach } from "./detach.ts";
import { isDead } from "./lifetime.ts";

export interface Cleaning {
  readonly containerIds: readonly string[];
  /** At most so many containers are cleaned. */
  readonly limit: number;
  /** Dead attachments that are to be kept nevertheless. */
  readonly isKept?: (attachment: Attachment) => boolean;
}

/**
 * Undoes what is dead among these containers. One that another call works on is passed over: nothing depends on
 * cleaning, it only gives back what a crash or a reboot left.
 *
 * @returns what failed, and stays in the ledger.
 */
export async function cleanDead(cleaning: Cleaning, ports: UndoPorts): Promise<readonly unknown[]> {
  const { containerIds, limit, isKept = () => false } = cleaning;
  const isWanted = async (one: Attachment): Promise<boolean> =>
    !isKept(one) && (await isDead(one, ports.kernel));
  const failures: unknown[] = [];
  let cleaned = 0;
  for (const containerId of containerIds) {
    if (cleaned >= limit || ports.signal.aborted) break;
    if (!(await hasAny(containerId, isWanted, ports))) continue;
    await using lock = await ports.ledger.tryLock(containerId);
    if (lock === undefined) continue;
    failures.push(...(await detach({ containerId, isWanted }, ports)));
    cleaned += 1;
  }
  return failures;
}

/** Looked at without the lock, which costs a process; looked at again with it. */
async function hasAny(
  containerId: string,
  isWanted: (attachment: Attachment) => Promise<boolean>,
  { ledger }: UndoPorts,
): Promise<boolean> {
  const { attachments } = await ledger.read(containerId);
  const wanted = await Promise.all(attachments.map(isWanted));
  return wanted.includes(true);
}

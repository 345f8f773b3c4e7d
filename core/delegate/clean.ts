import type { Attachment, UndoPorts } from "../ports.ts";
import { detach } from "./detach.ts";
import { listFailures } from "./failures.ts";
import { listForgotten } from "./lifetime.ts";

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
  const look = async (containerId: string) => {
    const { attachments } = await ports.ledger.read(containerId);
    const forgotten = await listForgotten(attachments, ports.kernel);
    return { containerId, attachments, wanted: forgotten.filter((one) => !isKept(one)) };
  };
  const failures: unknown[] = [];
  let cleaned = 0;
  const cleanOne = async (containerId: string): Promise<readonly unknown[]> => {
    if ((await look(containerId)).wanted.length === 0) return []; // without the lock, which costs a process
    await using lock = await ports.ledger.tryLock(containerId);
    if (lock === undefined) return [];
    cleaned += 1;
    return await detach(await look(containerId), ports);
  };
  for (const containerId of containerIds) {
    if (cleaned >= limit || ports.signal.aborted) break;
    failures.push(...(await listFailures(() => cleanOne(containerId))));
  }
  return failures;
}

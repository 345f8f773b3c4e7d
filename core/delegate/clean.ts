import type { Attachment, UndoPorts } from "../ports.ts";
import { detach, type Detaching } from "./detach.ts";
import { orFailure } from "./failures.ts";
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
    const failed = await orFailure(() => cleanOne({ containerId, isWanted }, ports));
    failures.push(...(failed ?? []));
    if (failed !== undefined) cleaned += 1;
  }
  return failures;
}

/** @returns undefined when there was nothing to do, or another call is at it. */
async function cleanOne(detaching: Detaching, ports: UndoPorts): Promise<readonly unknown[] | undefined> {
  const { containerId, isWanted } = detaching;
  const { attachments } = await ports.ledger.read(containerId); // without the lock, which costs a process
  const wanted = await Promise.all(attachments.map(async (one) => isWanted(one)));
  if (!wanted.includes(true)) return undefined;
  await using lock = await ports.ledger.tryLock(containerId);
  return lock === undefined ? undefined : await detach(await spareReused(detaching, ports), ports);
}

/**
 * A container that came back under its ID has a living attachment beside a dead one that could not be undone. Plugins
 * know both by the container and the interface, so the dead one's DEL would free the living one's address.
 */
async function spareReused(detaching: Detaching, { ledger, kernel }: UndoPorts): Promise<Detaching> {
  const { attachments } = await ledger.read(detaching.containerId);
  const living = new Set<string>();
  for (const one of attachments) if (!(await isDead(one, kernel))) living.add(one.ifName);
  return {
    ...detaching,
    isWanted: async (one) => !living.has(one.ifName) && (await detaching.isWanted(one)),
  };
}

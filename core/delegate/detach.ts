import { Failure } from "../errors.ts";
import type { Attachment, UndoPorts } from "../ports.ts";
import { undoChain } from "./chain.ts";
import { findNetns } from "./lifetime.ts";

export interface Detaching {
  readonly containerId: string;
  readonly isWanted: (attachment: Attachment) => boolean | Promise<boolean>;
  /** The namespace and CNI_PATH of the call; without them, those of each attachment. */
  readonly netns?: string;
  readonly path?: readonly string[];
}

/**
 * Undoes the attachments of a container that are wanted, last one first, going on past what fails. What is left is
 * in the ledger when it returns. The caller holds the container's lock.
 *
 * @returns what failed.
 */
export async function detach(detaching: Detaching, ports: UndoPorts): Promise<readonly unknown[]> {
  const { containerId, isWanted } = detaching;
  let { attachments } = await ports.ledger.read(containerId);
  const failures: unknown[] = [];
  for (const attachment of attachments.toReversed()) {
    if (!(await isWanted(attachment))) continue;
    const { left, errors } = await undo(attachment, detaching, ports);
    failures.push(...errors);
    attachments = attachments.flatMap((one) => (one === attachment ? left : [one]));
    failures.push(...(await keep(containerId, attachments, ports)));
  }
  return failures;
}

/** Undoes one attachment, in the namespace in which it was made or in none. */
async function undo(attachment: Attachment, detaching: Detaching, { exec, kernel, signal }: UndoPorts) {
  const { containerId, ifName, args, namespace, steps } = attachment;
  const { path = attachment.path } = detaching;
  const netns = await findNetns(attachment, detaching.netns ?? namespace.path, kernel);
  const chain = { steps, call: { containerId, ifName, args, netns, path } };
  const { left, errors } = await undoChain(chain, { exec, signal });
  return {
    left: left.length === 0 ? [] : [{ ...attachment, state: "leaving" as const, steps: left }],
    errors,
  };
}

/** A disk that says no keeps no delegate from being undone: the ledger then still says more than is there. */
async function keep(
  containerId: string,
  attachments: readonly Attachment[],
  { ledger }: UndoPorts,
): Promise<unknown[]> {
  try {
    await ledger.write(containerId, attachments);
    return [];
  } catch (error) {
    if (error instanceof Failure) return [error];
    throw error;
  }
}

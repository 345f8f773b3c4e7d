import { detach } from "../../core/delegate/detach.ts";
import { toText } from "../../core/delegate/failures.ts";
import { listForgotten } from "../../core/delegate/lifetime.ts";
import { Failure, listSome } from "../../core/errors.ts";
import type { Attachment, UndoPorts } from "../../core/ports.ts";

export interface UndoOptions {
  readonly evenAlive: boolean;
  /** Where its plugins are; where ADD found them when undefined. */
  readonly path: readonly string[] | undefined;
}

/**
 * Undoes one attachment under its container's lock, unless it is gone by then, or has come to life.
 *
 * @returns why something of it is left; undefined when nothing is.
 */
export async function undoAttachment(
  attachment: Attachment,
  { evenAlive, path }: UndoOptions,
  ports: UndoPorts,
): Promise<string | undefined> {
  const { containerId } = attachment;
  try {
    await using _lock = await ports.ledger.lock(containerId, ports.signal);
    const { attachments } = await ports.ledger.read(containerId);
    const mayGo = evenAlive ? attachments : await listForgotten(attachments, ports.kernel);
    const wanted = mayGo.filter((one) => isSame(one, attachment));
    const failures = await detach({ containerId, attachments, wanted, ...(path && { path }) }, ports);
    return failures.length === 0 ? undefined : listSome(failures.map(toText), "; ");
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

function isSame(one: Attachment, other: Attachment): boolean {
  return one.ifName === other.ifName && one.network === other.network && one.bootId === other.bootId;
}

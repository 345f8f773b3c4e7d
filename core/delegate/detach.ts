import type { Attachment, UndoPorts } from "../ports.ts";
import { undoChain } from "./chain.ts";
import { listDeviceFiles } from "./device.ts";
import { listFailures, toPlaced } from "./failures.ts";
import { findNetns } from "./lifetime.ts";

export interface Detaching {
  readonly containerId: string;
  /** As the ledger has them, and those of them that are to go. */
  readonly attachments: readonly Attachment[];
  readonly wanted: readonly Attachment[];
  /** The namespace and CNI_PATH of the call; without them, those of each attachment. */
  readonly netns?: string;
  readonly path?: readonly string[];
}

/**
 * Undoes attachments of a container, last one first, going on past what fails. What is left is in the ledger when it
 * returns; where the disk says no, the ledger says more than is there. The caller holds the container's lock.
 *
 * @returns what failed.
 */
export async function detach(detaching: Detaching, ports: UndoPorts): Promise<readonly unknown[]> {
  const { containerId, wanted } = detaching;
  let { attachments } = detaching;
  const failures: unknown[] = [];
  for (const attachment of wanted.toReversed()) {
    const { left, errors } = await undo(attachment, detaching, ports);
    failures.push(...errors.map((error) => toPlaced(error, attachment)));
    attachments = attachments.flatMap((one) => (one === attachment ? left : [one]));
    failures.push(...(await listFailures(() => ports.ledger.write(containerId, attachments))));
  }
  return failures;
}

/** Undoes one attachment, in the namespace in which it was made or in none. */
async function undo(
  attachment: Attachment,
  detaching: Detaching,
  { exec, kernel, devices, signal }: UndoPorts,
) {
  const { containerId, ifName, args, namespace, steps } = attachment;
  const { path = attachment.path } = detaching;
  const netns = await findNetns(attachment, detaching.netns ?? namespace.path, kernel);
  const chain = { steps, call: { containerId, ifName, args, netns, path } };
  const { left, errors } = await undoChain(chain, { exec, signal });
  for (const file of left.length === 0 ? listDeviceFiles(steps) : []) await devices.remove(file, attachment);
  return {
    left: left.length === 0 ? [] : [{ ...attachment, state: "leaving" as const, steps: left }],
    errors,
  };
}

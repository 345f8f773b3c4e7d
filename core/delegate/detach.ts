import type { Attachment, UndoPorts } from "../ports.ts";
import { type ChainCall, undoChain, type UndoReport } from "./chain.ts";
import { listDeviceFiles } from "./device.ts";
import { listFailures, toPlaced } from "./failures.ts";
import { findNetns } from "./lifetime.ts";
import type { FindMended } from "./mended.ts";

export interface Detaching {
  readonly containerId: string;
  /** As the ledger has them, and those of them that are to go. */
  readonly attachments: readonly Attachment[];
  readonly wanted: readonly Attachment[];
  /** The namespace and CNI_PATH of the call; without them, those of each attachment. */
  readonly netns?: string;
  readonly path?: readonly string[];
  /** Asked where what never came to be can't be undone as it was written. */
  readonly findMended?: FindMended;
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
async function undo(attachment: Attachment, detaching: Detaching, ports: UndoPorts) {
  const { containerId, ifName, args, namespace, steps } = attachment;
  const { path = attachment.path, findMended } = detaching;
  const netns = await findNetns(attachment, detaching.netns ?? namespace.path, ports.kernel);
  const call = { containerId, ifName, args, netns, path };
  const { left, errors } = await undoSteps(attachment, { call, findMended }, ports);
  for (const file of left.length === 0 ? listDeviceFiles(steps) : [])
    await ports.devices.remove(file, attachment);
  const state = isUnmade(attachment) ? attachment.state : ("leaving" as const);
  return { left: left.length === 0 ? [] : [{ ...attachment, state, steps: left }], errors };
}

interface Undoing {
  readonly call: ChainCall;
  readonly findMended: FindMended | undefined;
}

async function undoSteps(
  attachment: Attachment,
  { call, findMended }: Undoing,
  ports: UndoPorts,
): Promise<UndoReport> {
  const written = await undoChain({ steps: attachment.steps, call }, ports);
  if (written.left.length === 0 || !isUnmade(attachment)) return written;
  const steps = (await findMended?.(attachment.network, written.left)) ?? [];
  if (steps.length === 0) return written;
  const mended = await undoChain({ steps, call }, ports);
  return mended.left.length === 0 ? mended : written;
}

/** True when its ADD never succeeded. */
function isUnmade({ state }: Attachment): boolean {
  return state === "planned";
}

import type { Attachment, DelPorts } from "../ports.ts";
import { undoChain } from "./chain.ts";

export interface DetachReport {
  /** What still has to be undone; undefined when nothing is left. */
  readonly left: Attachment | undefined;
  readonly errors: readonly unknown[];
}

/** Undoes one attachment from what the ledger says, in the namespace that this call names. */
export async function detach(
  attachment: Attachment,
  { netns, path }: { netns: string; path: readonly string[] },
  ports: Pick<DelPorts, "exec" | "signal">,
): Promise<DetachReport> {
  const { containerId, ifName, args, undo } = attachment;
  const call = { containerId, ifName, args, netns, path };
  const { left, errors } = await undoChain({ steps: undo, call }, ports);
  return { left: left.length === 0 ? undefined : { ...attachment, undo: left }, errors };
}

import { Buffer } from "node:buffer";
import type { Attachment, UndoStep } from "../../core/ports.ts";
import { findSealed, seal, type SealedRecord } from "../../core/sealed.ts";

const FORMAT = "genie-ledger 1";

/** A container's attachments as the bytes of its ledger file. See README.md for the records. */
export function writeEntry(attachments: readonly Attachment[]): Uint8Array {
  return seal(
    FORMAT,
    attachments.flatMap(({ undo, ...attachment }) => [
      text("attachment", attachment.ifName),
      text("container", attachment.containerId),
      text("network", attachment.network),
      text("netns", attachment.netns),
      text("args", attachment.args),
      text("state", attachment.state),
      ...undo.flatMap(({ plugin, stdin }) => [text("plugin", plugin), text("stdin", stdin)]),
    ]),
  );
}

/** Undefined when the file is torn, damaged, or not a ledger of this version. */
export function findEntry(file: Uint8Array): readonly Attachment[] | undefined {
  const records = findSealed(FORMAT, file)?.map(
    ([name, bytes]) => [name, Buffer.from(bytes).toString()] as const,
  );
  if (records === undefined) return undefined;
  const starts = records.flatMap(([name], at) => (name === "attachment" ? [at] : []));
  return starts.map((start, nth) => toAttachment(records.slice(start, starts[nth + 1])));
}

function toAttachment(records: readonly (readonly [string, string])[]): Attachment {
  const value = (wanted: string) => records.find(([name]) => name === wanted)?.[1] ?? "";
  return {
    ifName: value("attachment"),
    containerId: value("container"),
    network: value("network"),
    netns: value("netns"),
    args: value("args"),
    state: value("state") === "attached" ? "attached" : "planned",
    undo: records.flatMap(([name, plugin], at): UndoStep[] => {
      return name === "plugin" ? [{ plugin, stdin: records[at + 1]?.[1] ?? "" }] : [];
    }),
  };
}

function text(name: string, value: string): SealedRecord {
  return [name, Buffer.from(value)];
}

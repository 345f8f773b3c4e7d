import { Buffer } from "node:buffer";
import type { Attachment, AttachmentHint, LedgerEntry, PluginStep } from "../../core/ports.ts";
import { INTERFACE_NAME } from "../../core/spec/environment.ts";
import { NETWORK_NAME } from "../../core/spec/network.ts";
import { findSealed, salvageRecords, seal, type SealedRecord } from "../../core/sealed.ts";

const FORMAT = "genie-ledger 1";

/** A container's attachments as the bytes of its ledger file. See README.md for the records. */
export function writeEntry(attachments: readonly Attachment[]): Uint8Array {
  return seal(
    FORMAT,
    attachments.flatMap((attachment) => [
      text("attachment", attachment.ifName),
      text("container", attachment.containerId),
      text("network", attachment.network),
      text("cni-version", attachment.cniVersion),
      text("caller-network", attachment.caller.network),
      text("caller-interface", attachment.caller.ifName),
      text("netns", attachment.namespace.path),
      text("netns-identity", attachment.namespace.identity),
      text("netns-folder", attachment.namespace.folder),
      text("boot-id", attachment.bootId),
      text("args", attachment.args),
      text("path", attachment.path.join(":")),
      text("state", attachment.state),
      text("checked", attachment.checked ? "yes" : "no"),
      ...attachment.steps.flatMap(({ plugin, stdin }) => [text("plugin", plugin), text("stdin", stdin)]),
    ]),
  );
}

/** Reads a container's ledger file; one that is not whole, or not this container's, is searched for hints. */
export function readEntry(containerId: string, file: Uint8Array): LedgerEntry {
  const records = findSealed(FORMAT, file)?.map(toText);
  if (records !== undefined) {
    const starts = records.flatMap(([name], at) => (name === "attachment" ? [at] : []));
    const attachments = starts.map((start, nth) => toAttachment(records.slice(start, starts[nth + 1])));
    if (attachments.every((one) => one.containerId === containerId)) return { attachments, hints: undefined };
  }
  return { attachments: [], hints: listHints(salvageRecords(file).map(toText)) };
}

/** A hint is no more than two names. */
function listHints(records: readonly TextRecord[]): readonly AttachmentHint[] {
  let ifName = "";
  return records.flatMap(([name, value]): AttachmentHint[] => {
    if (name === "attachment") ifName = value;
    const isHint = name === "network" && NETWORK_NAME.test(value) && INTERFACE_NAME.test(ifName);
    return isHint ? [{ network: value, ifName }] : [];
  });
}

type TextRecord = readonly [name: string, value: string];

function toAttachment(records: readonly TextRecord[]): Attachment {
  const value = (wanted: string): string => records.find(([name]) => name === wanted)?.[1] ?? "";
  return {
    ifName: value("attachment"),
    containerId: value("container"),
    network: value("network"),
    cniVersion: value("cni-version"),
    caller: { network: value("caller-network"), ifName: value("caller-interface") },
    namespace: { path: value("netns"), identity: value("netns-identity"), folder: value("netns-folder") },
    bootId: value("boot-id"),
    args: value("args"),
    path: value("path")
      .split(":")
      .filter((folder) => folder !== ""),
    state: toState(value("state")),
    checked: value("checked") !== "no",
    steps: records.flatMap(([name, plugin], at): PluginStep[] => {
      return name === "plugin" ? [{ plugin, stdin: records[at + 1]?.[1] ?? "" }] : [];
    }),
  };
}

function toState(value: string): Attachment["state"] {
  return value === "attached" || value === "leaving" ? value : "planned";
}

function toText([name, bytes]: SealedRecord): TextRecord {
  return [name, Buffer.from(bytes).toString()];
}

function text(name: string, value: string): SealedRecord {
  return [name, Buffer.from(value)];
}

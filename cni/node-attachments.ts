import path from "node:path";
import { listDead, spareReused } from "../core/delegate/lifetime.ts";
import type { Attachment, UndoPorts } from "../core/ports.ts";
import { unlessMissing } from "../core/missing.ts";
import { readdir } from "node:fs/promises";
import { orIoFailure } from "../core/io-failure.ts";
import { findSetAside, toLedgerFolder } from "./ledger/files.ts";

/** An attachment of the ledger, as a person wants to know it. */
export interface NodeAttachment {
  readonly attachment: Attachment;
  /** Nothing can live in its namespace any more. */
  readonly dead: boolean;
  /** Dead, and its container has not come back under its ID: it may be undone without its runtime. */
  readonly forgotten: boolean;
}

export interface NodeAttachments {
  /** By container ID, then oldest first. */
  readonly found: readonly NodeAttachment[];
  /** Containers whose entry is torn, foreign or of a newer genie. */
  readonly unreadable: readonly string[];
}

/** All attachments of the node, or of one container. Takes no lock and changes nothing. */
export async function readAttachments(
  { ledger, kernel }: Pick<UndoPorts, "ledger" | "kernel">,
  containerId?: string,
): Promise<NodeAttachments> {
  const containerIds = containerId === undefined ? (await ledger.list()).toSorted() : [containerId];
  const found: NodeAttachment[] = [];
  const unreadable: string[] = [];
  for (const each of containerIds) {
    const { attachments, hints } = await ledger.read(each);
    if (hints !== undefined) unreadable.push(each);
    const dead = await listDead(attachments, kernel);
    const forgotten = spareReused(attachments, dead);
    for (const attachment of attachments) {
      found.push({
        attachment,
        dead: dead.includes(attachment),
        forgotten: forgotten.includes(attachment),
      });
    }
  }
  return { found, unreadable };
}

/** The files that were taken out of the ledger because nobody could read them, of all containers or of one. */
export async function listSetAside(stateDir: string, containerId?: string): Promise<readonly string[]> {
  const folder = toLedgerFolder(stateDir);
  const reading = () => unlessMissing(readdir(folder));
  const names = (await orIoFailure(`the ledger in ${folder} can't be read`, reading)) ?? [];
  const isWanted = (name: string): boolean => {
    const of = findSetAside(name);
    return of !== undefined && (containerId === undefined || of === containerId);
  };
  return names
    .filter(isWanted)
    .toSorted()
    .map((name) => path.join(folder, name));
}

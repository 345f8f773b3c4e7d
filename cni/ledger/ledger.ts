import { readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../core/errors.ts";
import { orIoFailure } from "../../core/io-failure.ts";
import { unlessMissing } from "../../core/missing.ts";
import type { Ledger, Log } from "../../core/ports.ts";
import { syncFolder } from "../../registry/atomic-file.ts";
import { takeLock } from "../../registry/file-lock.ts";
import { checkOwnFolder, makePrivateFolder, writeDurably } from "../private-folder.ts";
import { findEntry, writeEntry } from "./format.ts";

/** Longer than a slow delegate takes: the other call for this container may be in the middle of one. */
const LOCK_WAIT_MS = 60_000;

/** The ledger under `stateDir`: a file and a lock a container. */
export function openLedger(stateDir: string, log: Log): Ledger {
  const entries = path.join(stateDir, "ledger");
  const locks = path.join(stateDir, "locks");
  return {
    lock: (containerId, signal) =>
      onDisk(locks, async () => {
        await makePrivateFolder(locks);
        const taken = await takeLock(path.join(locks, containerId), { waitMs: LOCK_WAIT_MS, signal });
        if (taken !== undefined) return taken;
        throw new Failure("tryAgainLater", `another call for container ${containerId} is still running`);
      }),
    read: (containerId) => onDisk(entries, () => readEntry(path.join(entries, containerId), log)),
    write: (containerId, attachments) =>
      onDisk(entries, async () => {
        const file = path.join(entries, containerId);
        if (attachments.length === 0) return await removeEntry(file);
        await writeDurably(file, writeEntry(attachments));
      }),
  };
}

async function readEntry(file: string, log: Log) {
  await unlessMissing(checkOwnFolder(path.dirname(file)));
  const bytes = await unlessMissing(readFile(file));
  if (bytes === undefined) return [];
  const attachments = findEntry(bytes);
  if (attachments !== undefined) return attachments;
  const aside = path.join(path.dirname(file), `.unreadable-${path.basename(file)}-${Date.now()}`);
  await rename(file, aside);
  log.warn(
    { file, aside },
    "a ledger file is torn or foreign and was set aside; its attachments can't be undone",
  );
  return [];
}

async function removeEntry(file: string): Promise<void> {
  await rm(file, { force: true });
  await unlessMissing(syncFolder(path.dirname(file))); // no folder: there never was an entry
}

function onDisk<T>(folder: string, act: () => Promise<T>): Promise<T> {
  return orIoFailure(`the ledger in ${folder} can't be used`, act);
}

import { constants } from "node:fs";
import { access, readdir, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../core/errors.ts";
import { orIoFailure } from "../../core/io-failure.ts";
import { unlessMissing } from "../../core/missing.ts";
import type { Ledger, LedgerEntry } from "../../core/ports.ts";
import { syncFolder } from "../../registry/file/atomic-file.ts";
import { CONTAINER_ID } from "../../core/spec/environment.ts";
import { readBounded } from "../../registry/file/bounded-file.ts";
import { makeFolder } from "../../registry/file/new-folder.ts";
import { checkOwnFolder, writeDurably } from "../private-folder.ts";
import { toAsideFile, toEntryFile, toLedgerFolder, toTempFile } from "./files.ts";
import { readEntry, writeEntry } from "./format.ts";
import { type LockPorts, openLocks } from "./locks.ts";

/** Two hundred attachments take less than a tenth of this. */
const ENTRY_LIMIT_BYTES = 16 * 1024 * 1024;

/** The ledger under `stateDir`: a file and a lock a container. */
export function openLedger(stateDir: string, ports: LockPorts): Ledger {
  const folder = toLedgerFolder(stateDir);
  const fileOf = (containerId: string): string => toEntryFile(stateDir, containerId);
  const onDisk = <T>(act: () => Promise<T>): Promise<T> =>
    orIoFailure(`the ledger in ${folder} can't be used`, act);
  const locks = openLocks(path.join(stateDir, "locks"), ports);
  return {
    lock: async (containerId, signal) => {
      await using undo = new AsyncDisposableStack();
      undo.use(await locks.lock(containerId, signal));
      await onDisk(() => rm(toTempFile(fileOf(containerId)), { force: true })); // of a writer that was killed
      return undo.move();
    },
    tryLock: locks.tryLock,
    list: () => onDisk(() => listEntries(folder)),
    read: (containerId) => onDisk(() => readFile(containerId, fileOf(containerId))),
    write: (containerId, attachments) =>
      onDisk(async () => {
        const file = fileOf(containerId);
        if (attachments.length === 0) await removeEntry(file);
        else await writeDurably(file, bound(writeEntry(attachments), file), { temp: toTempFile(file) });
      }),
    setAside: (containerId) => onDisk(() => setAside(fileOf(containerId), ports)),
    probe: () => onDisk(() => probe(stateDir)),
  };
}

/** What could not be read again is not written: ADD then undoes what it has just made. */
function bound(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes.byteLength <= ENTRY_LIMIT_BYTES) return bytes;
  throw new Failure(
    "ioFailure",
    `${file} would have ${bytes.byteLength} bytes, more than ${ENTRY_LIMIT_BYTES}`,
  );
}

async function listEntries(folder: string): Promise<readonly string[]> {
  await unlessMissing(checkOwnFolder(folder));
  const names = (await unlessMissing(readdir(folder))) ?? [];
  return names.filter((name) => CONTAINER_ID.test(name)); // what is being written or was set aside begins with a dot
}

async function readFile(containerId: string, file: string): Promise<LedgerEntry> {
  await unlessMissing(checkOwnFolder(path.dirname(file)));
  const bytes = await unlessMissing(readBounded(file, ENTRY_LIMIT_BYTES));
  if (bytes === undefined) return { attachments: [], hints: undefined };
  return typeof bytes === "string" ? { attachments: [], hints: [] } : readEntry(containerId, bytes);
}

/** What a power cut left half written goes too. */
async function removeEntry(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(toTempFile(file), { force: true });
  await unlessMissing(syncFolder(path.dirname(file))); // no folder: there never was an entry
}

async function setAside(file: string, { log }: LockPorts): Promise<void> {
  const aside = toAsideFile(file);
  await rename(file, aside);
  await syncFolder(path.dirname(file));
  log.warn({ file, aside }, "a ledger file is torn, foreign or of a newer genie and was set aside");
}

async function probe(stateDir: string): Promise<void> {
  await makeFolder(stateDir, 0o700);
  await checkOwnFolder(stateDir);
  await access(stateDir, constants.W_OK);
  const { bavail } = await statfs(stateDir);
  if (bavail === 0) throw new Failure("ioFailure", `${stateDir} has no space left`);
}

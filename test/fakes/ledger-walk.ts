/**
 * `node ledger-walk.ts FOLDER ro|full`: uses a ledger on the file system at FOLDER after that has become read-only
 * or full, in namespaces of its own. Prints JSON.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { Failure, findErrno } from "../../core/errors.ts";
import { makeAttachment } from "./attachment.ts";

const [, , folder = "", how = ""] = process.argv;
const warnings: string[] = [];
const log = { warn: (_: object, message: string) => void warnings.push(message) };
const ledger = openLedger(folder, { log, holding: () => new AsyncDisposableStack() });
await ledger.write("c1", [makeAttachment()]);
if (how === "ro") await execa("mount", ["-o", "remount,ro", folder]);
else await fill();

const said = {
  lock: await tell(() => use(ledger.lock("c1", new AbortController().signal))),
  warnings,
  tryLock: await tell(() => use(ledger.tryLock("c1"))),
  read: (await ledger.read("c1")).attachments.length,
  listed: await ledger.list(),
  write: await tell(() => ledger.write("c2", [makeAttachment({ containerId: "c2" })])),
  remove: await tell(() => ledger.write("c1", [])),
};
console.log(JSON.stringify(said));

async function use(taking: Promise<AsyncDisposable | undefined>): Promise<void> {
  await using _lock = await taking;
}

/** Takes all the file system's inodes. */
async function fill(): Promise<void> {
  for (let at = 0; ; at++) {
    try {
      await writeFile(path.join(folder, `filler-${at}`), "");
    } catch (error) {
      if (findErrno(error) === "ENOSPC") return;
      throw error;
    }
  }
}

async function tell(act: () => Promise<void>): Promise<string> {
  try {
    await act();
    return "done";
  } catch (error) {
    if (error instanceof Failure) return `${error.kind} ${String(findErrno(error.cause))}`;
    throw error;
  }
}

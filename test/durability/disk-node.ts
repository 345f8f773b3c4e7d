import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { vi } from "vitest";
import { unlessMissing } from "../../core/missing.ts";
import { GENIE, makeNode, type TestNode, withAnnotations } from "../e2e/node.ts";
import { ensureTools } from "../setup/tools.ts";

const WAIT = { timeout: 20_000, interval: 50 };

/** A node whose state folder is a file system of its own. */
export interface DiskNode extends TestNode {
  /** What a pod gets that is to have the bridge network. */
  readonly stdin: object;
  /** Takes all the room there is. @returns what gives it back. */
  fill(): Promise<AsyncDisposable>;
  /** Until it is disposed, nothing can be written. */
  freeze(): Promise<AsyncDisposable>;
  /** @returns a program that runs genie under strace. */
  program(straceWords: readonly string[]): Promise<string>;
  /** Names in the ledger's folder; hidden ones too. */
  entries(): Promise<readonly string[]>;
  /** Containers that hold an address. */
  holders(): Promise<readonly string[]>;
}

export async function makeDiskNode(): Promise<DiskNode> {
  await using undo = new AsyncDisposableStack();
  const node = undo.use(await makeNode());
  const { stateDir, dataDir } = node;
  await mkdir(stateDir);
  await execa("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "none", stateDir]);
  undo.defer(async () => void (await execa("umount", [stateDir])));
  const remount = async (how: string) => {
    const mount = () => execa("mount", ["-o", `remount,${how}`, "none", stateDir]);
    await vi.waitFor(mount, WAIT); // busy as long as the watcher of an earlier call ends, its lock open
  };
  const kept = undo.move();
  return {
    ...node,
    stdin: node.config({}, withAnnotations({ cni: "blue" })),
    async fill() {
      const filler = path.join(stateDir, "filler");
      await unlessFull(writeFile(filler, Buffer.alloc(1024 * 1024)));
      return { [Symbol.asyncDispose]: () => rm(filler) };
    },
    async freeze() {
      await remount("ro");
      return { [Symbol.asyncDispose]: () => remount("rw") };
    },
    program: (straceWords) => addTraced(node, straceWords),
    entries: async () => (await unlessMissing(readdir(path.join(stateDir, "ledger")))) ?? [],
    holders: () => listHolders(path.join(dataDir, "blue")),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function addTraced({ confDir }: TestNode, straceWords: readonly string[]): Promise<string> {
  const { strace } = await ensureTools();
  const file = path.join(confDir, "../traced");
  const words = straceWords.map((word) => `'${word}'`).join(" ");
  await writeFile(file, `#!/bin/sh\nexec '${strace}' ${words} -o /dev/null '${GENIE}'\n`, { mode: 0o755 });
  return file;
}

async function unlessFull(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOSPC") throw error;
  }
}

/** host-local writes the container's ID into a file that is named by the address. */
async function listHolders(folder: string): Promise<readonly string[]> {
  const names = ((await unlessMissing(readdir(folder))) ?? []).filter((name) => /^\d/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  return texts.map((text) => text.split(/\s/)[0] ?? "");
}

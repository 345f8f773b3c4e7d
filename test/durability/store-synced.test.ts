import { writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { startFakeRegistry } from "../fakes/registry.ts";
import { DIST_DIR } from "../setup/build.ts";
import { makeDesk } from "../setup/geniectl.ts";
import { ensureTools } from "../setup/tools.ts";
import { readSyscalls, type Syscall } from "./syscalls.ts";

const TRACED = ["-f", "-y", "-s", "100", "-e", "trace=fsync,rename,write"];
const BLOB = /\/blobs\/sha256\/[0-9a-f]{64}$/;

test("a module's blobs are on disk before the index names them, the index before its digest is told", async () => {
  await using registry = await startFakeRegistry();
  await using desk = await makeDesk();
  const reference = `${registry.host}/genie/scorer:1`;
  const { lastLine: digest } = await desk.run("push", "scorer.wasm", reference);
  const { strace } = await ensureTools();
  const [store, trace] = [path.join(desk.folder, "var/modules"), path.join(desk.folder, "trace")];
  await writeFile(trace, "");
  const command = [path.join(DIST_DIR, "bin/geniectl"), "pull", reference, "--store", store];
  const { exitCode } = await execa(strace, [...TRACED, "-o", trace, ...command], {
    env: { PATH: process.env["PATH"], HOME: desk.folder, GENIE_NODE: process.execPath },
    extendEnv: false,
    timeout: 30_000,
  });
  expect(exitCode).toBe(0);

  const told = (await readSyscalls(trace)).flatMap((call) => tell(call, { desk: desk.folder, digest }));
  const file = "fsync file";
  expect(told.filter((step, at) => step !== told[at - 1])).toEqual([
    ...["var/modules/blobs", "var/modules", "var", "."].map((folder) => `fsync ${folder}`),
    ...Array<string[]>(3).fill([file, "rename blob"]).flat(),
    "fsync var/modules/blobs/sha256",
    file,
    "rename oci-layout",
    file,
    "rename index.json",
    "fsync var/modules",
    "answer",
  ]);
});

/** The call in words, if it is about the store. */
function tell({ name, words, returned }: Syscall, at: { desk: string; digest: string }): string[] {
  if (name === "write") return words.startsWith("1<") && words.includes(at.digest) ? ["answer"] : [];
  if (!returned.startsWith("0")) return [];
  const [from = "", to = ""] = [...words.matchAll(/[<"]([^>"]*)[>"]/g)].map(([, file = ""]) => file);
  const said = path.relative(at.desk, name === "rename" ? to : from) || ".";
  if (said.startsWith("..") || said.includes("/.prepared") || said.endsWith(".index-copy")) return [];
  if (name === "fsync") return [said.endsWith(".tmp") ? "fsync file" : `fsync ${said}`];
  return [BLOB.test(said) ? "rename blob" : `rename ${path.basename(said)}`];
}

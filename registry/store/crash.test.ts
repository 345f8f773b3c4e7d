import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { openStore } from "./store.ts";

const WRITERS = 8;
const KILLS = 16;

const script = path.resolve("test/fakes/store-writer.ts");

/** A process that writes until it's killed; answers the digests that it was told are in the store. */
function startWriter(folder: string, name: string): { kill(): Promise<string[]> } {
  const component = path.join(folder, "../component.wasm");
  const writer = execa(process.execPath, [script, folder, name, component], {
    reject: false,
    timeout: 60_000,
  });
  return {
    async kill() {
      writer.kill("SIGKILL");
      const { stdout } = await writer;
      return stdout.match(/sha256:[a-f0-9]{64}/g) ?? [];
    },
  };
}

test("eight writers that are killed over and over spoil nothing, lose nothing and block nobody", async () => {
  const parent = await mkdtemp(path.join(tmpdir(), "genie-crash-"));
  onTestFinished(() => rm(parent, { recursive: true }));
  await writeFile(path.join(parent, "component.wasm"), await makeComponent(SCORER));
  const folder = path.join(parent, "modules");
  const store = openStore(folder);
  const listDigests = async () => new Set((await store.listEntries()).map(({ digest }) => String(digest)));
  const checkAll = async () => {
    for (const digest of await listDigests()) expect(await store.findModule(digest), digest).toBeDefined();
  };
  const writers = Array.from({ length: WRITERS }, (_, index) => startWriter(folder, `writer${index}`));
  const promised: string[] = [];
  try {
    for (let kills = 0; kills < KILLS; kills++) {
      // Until somebody has written again: a lock that outlived its holder would end this in the test's deadline.
      const before = (await listDigests()).size;
      while ((await listDigests()).size === before) await sleep(5);
      await checkAll();
      promised.push(...((await writers.shift()?.kill()) ?? []));
      writers.push(startWriter(folder, `writer${kills % WRITERS}`));
    }
  } finally {
    for (const writer of writers) promised.push(...(await writer.kill()));
  }
  await checkAll();
  const kept = await listDigests();
  expect(promised.length).toBeGreaterThan(KILLS);
  expect(promised.filter((digest) => !kept.has(digest))).toEqual([]);
}, 60_000);

/** `kill -9` of eight writers for ten seconds: what a reader sees is always whole, and nothing that was told is lost. */
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { repairStore } from "../../registry/store/repair.ts";
import { openStore } from "../../registry/store/store.ts";
import { makeComponent, SCORER } from "../fakes/component.ts";

const WRITERS = 8;
const FOR_MS = 10_000;
/** After a writer's first module, of which it puts one in some 30 ms: it dies at any point of that. */
const LIVES_MS = 500;
/** Of the newest entries, which each look reads whole. */
const READ_AT_A_LOOK = 50;

const script = path.resolve("test/fakes/store-writer.ts");

test(`${WRITERS} writers, killed over and over for ${FOR_MS / 1000} s: every read is verified, and the index complete`, async () => {
  const parent = await mkdtemp(path.join(tmpdir(), "genie-chaos-store-"));
  onTestFinished(() => rm(parent, { recursive: true }));
  const [folder, component] = [path.join(parent, "modules"), path.join(parent, "component.wasm")];
  await writeFile(component, await makeComponent(SCORER));
  const store = openStore(folder);
  let untilMs = Infinity; // the time begins with the first module
  const isOver = () => performance.now() > untilMs;
  const promised: string[] = [];
  let [kills, reads] = [0, 0];

  const writeAndDie = async (name: string) => {
    while (!isOver()) {
      const writer = execa(process.execPath, [script, folder, name, component], {
        reject: false,
        timeout: 60_000,
      });
      await once(writer.stdout, "data");
      untilMs = Math.min(untilMs, performance.now() + FOR_MS);
      await sleep(Math.random() * LIVES_MS);
      writer.kill("SIGKILL");
      const { stdout, isTerminated } = await writer;
      expect(isTerminated, stdout).toBe(true); // a writer that fails by itself has no excuse
      kills += 1;
      promised.push(...(stdout.match(/sha256:[a-f0-9]{64}/g) ?? []));
    }
  };
  const read = async (digests: readonly string[]) => {
    for (const digest of digests) expect(await store.findModule(digest), digest).toBeDefined();
    reads += digests.length;
  };
  const listDigests = async () => (await store.listEntries()).map(({ digest }) => digest);
  const look = async () => {
    while (!isOver()) {
      await read((await listDigests()).slice(-READ_AT_A_LOOK));
      await sleep(5);
    }
  };
  const names = Array.from({ length: WRITERS }, (_, at) => `writer${at}`);
  await Promise.all([look(), ...names.map(writeAndDie)]);

  const kept = await listDigests();
  await read(kept);
  expect(promised.filter((digest) => !kept.includes(digest as `sha256:${string}`))).toEqual([]);
  const repaired = await repairStore(folder, {
    referenceByDigest: new Map(),
    signal: AbortSignal.timeout(60_000),
  });
  expect(repaired).toMatchObject({ isIndexSound: true, damaged: [], missing: [] });
  const leftovers = (await readdir(path.join(folder, ".tmp"))).length;
  console.log(
    `${kills} kills, ${promised.length} modules told, ${kept.length} named, ${reads} reads verified, 0 bad; ` +
      `${repaired.added.length} were written and not yet named, ${leftovers} files left in .tmp`,
  );
  expect(kills).toBeGreaterThan(WRITERS);
  expect(promised.length).toBeGreaterThan(WRITERS);
});

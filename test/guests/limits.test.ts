/** The limits of memory at their edges, in real guest processes. Those of time, of answers and of reasons are tested where they are held. */
import path from "node:path";
import { expect, test } from "vitest";
import { spawnGuest } from "../../cni/guest-process.ts";
import { openSandbox } from "../../core/sandbox/host/sandbox.ts";
import type { PreparedModule } from "../../core/sandbox/port.ts";
import { makeRequest } from "../fakes/request.ts";
import { DIST_DIR } from "../setup/build.ts";
import { compileModule } from "./corpus.ts";
import { prepare } from "./prepared.ts";

const PROGRAM = path.join(DIST_DIR, "bin/genie-guest");
const MIB = 2 ** 20;
const PAGE_BYTES = 65_536;
const DIGEST = "sha256:edge";
const request = makeRequest({ candidates: [] });

interface Bounds {
  readonly memoryBytes?: number;
  readonly heapMiB?: number;
}

async function run(module: PreparedModule, { memoryBytes = 16 * MIB, heapMiB = 96 }: Bounds) {
  const limits = { memoryBytes, loadMs: 20_000 };
  await using sandbox = openSandbox(() => spawnGuest(PROGRAM, { heapMiB }), limits);
  const loaded = await sandbox.load(module);
  return loaded.outcome === "ok" ? await sandbox.score(DIGEST, request, 20_000) : loaded;
}

/** What an attacker has who broke out of wasm: JavaScript that holds so much of its heap. */
function holding(heapMiB: number): PreparedModule {
  const body = `const held = []; while (held.length < ${heapMiB}) held.push(new Array(131072).fill(1.5)); return [];`;
  const glue = `(() => () => ({ "genie:selection/scoring@1.0.0": { score() { ${body} } } }))()`;
  return { digest: DIGEST, kind: "scorer", glue: Buffer.from(glue), coreByName: new Map() };
}

test.each([
  [MIB, "ok"],
  [MIB - PAGE_BYTES, "memory"],
])("a module that grows to a MiB, of %d bytes, is the outcome %s", async (memoryBytes, outcome) => {
  const module = await prepare(await compileModule("needs-a-mebibyte", "scorer"), DIGEST, "scorer");
  expect(await run(module, { memoryBytes })).toMatchObject({ outcome });
});

test.each([
  [64 * MIB, "ok"],
  [64 * MIB - PAGE_BYTES, "memory"],
])("a module that begins with 64 MiB, of %d bytes, is the outcome %s", async (memoryBytes, outcome) => {
  const module = await prepare(await compileModule("memory-at-start", "scorer"), DIGEST, "scorer");
  expect(await run(module, { memoryBytes })).toMatchObject({ outcome });
});

/** V8 keeps a part of its heap for itself and asks for some in advance, so the edge is not a byte. */
test.each([
  [32, "ok"],
  [96, "memory"],
])("of a heap of 64 MiB, a guest that holds %d is the outcome %s", async (heldMiB, outcome) => {
  expect(await run(holding(heldMiB), { heapMiB: 64 })).toMatchObject({ outcome });
  if (outcome === "memory")
    expect(await run(holding(heldMiB), { heapMiB: 160 })).toMatchObject({ outcome: "ok" });
});

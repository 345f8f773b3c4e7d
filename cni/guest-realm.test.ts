/** What JavaScript in the guest process can do: nothing. Shown on the built program, and with one of its two bars. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox } from "../core/sandbox/host/sandbox.ts";
import { makeOrdinaryCandidates, makeRequest } from "../test/fakes/request.ts";
import { REALM } from "./build/guest-head.ts";
import { spawnGuest } from "./guest-process.ts";

const PROGRAM = new URL("../dist/bin/genie-guest", import.meta.url).pathname;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-realm-"));
  await chmod(folder, 0o755);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Things tried by hostile glue, each told as a rejection. Anyone may write to the folder `open`. */
const ATTEMPTS = [
  ["reads a file", `get("fs").readFileSync("/etc/hostname")`],
  ["reads a file by node's inside", `process.binding("fs").readFileUtf8("/etc/hostname", 0)`],
  ["lists a folder", `get("fs").readdirSync("/")`],
  ["writes a file", `get("fs").writeFileSync(open + "/file", "x")`],
  ["makes a folder", `get("fs").mkdirSync(open + "/folder")`],
  ["runs a program", `get("child_process").execFileSync("/bin/true")`],
  ["starts a worker", `new (get("worker_threads").Worker)("1", { eval: true })`],
  ["loads native code", `process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libc.so.6")`],
  ["opens an inspector", `get("inspector").open(0)`],
  ["makes code of text", `Reflect.construct(Function, ["return 1"])`],
  ["opens a database", `new (get("node:sqlite").DatabaseSync)(":memory:")`],
  ["signals others", `process.kill(-1, "SIGKILL")`],
] as const;

test.each([
  ["node's guards", REALM],
  ["a realm without node", ""],
])("hostile JavaScript in it gets nowhere, by %s", async (_name, removed) => {
  const program = path.join(folder, "hostile");
  await writeFile(program, (await readFile(PROGRAM, "utf8")).replace(removed, ""), { mode: 0o755 });
  const tries = ATTEMPTS.map(([, code]) => `() => ${code}`).join(",");
  const open = path.join(folder, "open");
  await mkdir(open, { recursive: true });
  await chmod(open, 0o777);
  const glue = `(() => () => ({ "genie:selection/scoring@1.0.0": { score() {
    const open = ${JSON.stringify(open)};
    const get = (name) => process.getBuiltinModule(name);
    return [${tries}].map((attempt) => {
      try { attempt(); return { tag: "score", val: 1 }; } catch (error) { return { tag: "reject", val: error.name }; }
    });
  } } }))()`;
  await using sandbox = openSandbox(() => spawnGuest(program), { memoryBytes: 2 ** 20, loadMs: 5000 });
  await sandbox.load({
    digest: "sha256:hostile",
    kind: "scorer",
    glue: Buffer.from(glue),
    coreByName: new Map(),
  });
  const request = makeRequest({ candidates: makeOrdinaryCandidates(ATTEMPTS.length) });
  const answer = await sandbox.score("sha256:hostile", request, 5000);
  expect(answer).toMatchObject({ outcome: "ok" });
  const said = "value" in answer && Array.isArray(answer.value) ? answer.value : [];
  const failed = said.map((one: unknown, at) => [ATTEMPTS[at]?.[0], one]);
  expect(failed).toEqual(
    ATTEMPTS.map(([name]) => [name, { tag: "reject", val: expect.stringMatching(/Error$/) }]),
  );
});

test("its realm holds the language, and of node only what reads and writes text", async () => {
  const glue = `(() => () => ({ "genie:selection/scoring@1.0.0": { score() {
    const fresh = ${JSON.stringify(runInNewContext("Object.getOwnPropertyNames(globalThis)"))};
    const more = Reflect.ownKeys(globalThis).filter((name) => !fresh.includes(name));
    throw new RangeError([...more.map(String), ...Object.keys(process)].sort().join());
  } } }))()`;
  await using sandbox = openSandbox(() => spawnGuest(PROGRAM), { memoryBytes: 2 ** 20, loadMs: 5000 });
  const digest = "sha256:curious";
  await sandbox.load({ digest, kind: "scorer", glue: Buffer.from(glue), coreByName: new Map() });
  const request = makeRequest({ candidates: makeOrdinaryCandidates(1) });
  expect(await sandbox.score(digest, request, 5000)).toEqual({
    outcome: "badAnswer",
    detail: "Buffer,TextDecoder,TextEncoder,env,process",
  });
});

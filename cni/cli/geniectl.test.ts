import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { startFakeRegistry } from "../../test/fakes/registry.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";

const DIGEST = /^sha256:[a-f0-9]{64}$/;

const undo = new AsyncDisposableStack();
let registry: RegistryServer;
beforeAll(async () => {
  const { folder: dir } = undo.use(await makeDesk());
  registry = undo.use(await startRegistry({ dir: path.join(dir, "registry") }));
});
afterAll(() => undo.disposeAsync());

let desk: Desk;
let folder: string;
let store: string;
beforeEach(async () => {
  desk = await makeDesk();
  ({ folder } = desk);
  store = path.join(folder, "store");
});
afterEach(() => desk[Symbol.asyncDispose]());

const run = (...args: string[]) => desk.run(...args);

/** `name` in a repository that no other test uses. */
const at = (name: string) => `${registry.host}/${path.basename(folder).toLowerCase()}/${name}`;

test("a store may have a short name in the folder where a person is", async () => {
  const { lastLine } = await run("push", "scorer.wasm", at("scorer:1"));
  expect(await run("pull", at("scorer:1"), "--store", "s")).toMatchObject({ exitCode: 0, lastLine });
  expect(await readdir(path.join(folder, "s"))).toContain("index.json");
});

test("push, pull and list agree on the digest", async () => {
  const pushed = await run("push", "scorer.wasm", at("scorer:1"));
  expect(pushed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(pushed.lastLine).toMatch(DIGEST);
  const again = await run("push", "scorer.wasm", at("scorer:2"), "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ digest: pushed.lastLine, reference: at("scorer:2") });

  const pulled = await run("pull", at("scorer:1"), "--store", store);
  expect(pulled).toMatchObject({ exitCode: 0, stderr: "", lastLine: pushed.lastLine });
  expect(await readFile(path.join(folder, "scorer.wasm"))).toEqual(await readFile(await findWasm(store)));

  const listed = await run("list", "--store", store, "--json");
  expect(JSON.parse(listed.stdout)).toEqual([
    {
      digest: pushed.lastLine,
      references: [at("scorer:1")],
      kind: "scorer",
      sizeBytes: (await readFile(path.join(folder, "scorer.wasm"))).length,
      fault: null,
      prepared: true,
    },
  ]);
  expect((await run("list", "--store", store)).stdout).toMatch(
    /^REFERENCE.*\n.*scorer:1 .*scorer .*2\.7 kB .*yes$/s,
  );
});

/** The one blob of a store that begins as wasm does. */
async function findWasm(dir: string): Promise<string> {
  const blobs = path.join(dir, "blobs/sha256");
  for (const name of await readdir(blobs)) {
    const file = path.join(blobs, name);
    if ((await readFile(file)).subarray(0, 4).equals(Buffer.from("\0asm"))) return file;
  }
  throw new Error(`no wasm in ${blobs}`);
}

test("what is in the store by digest needs no registry; a damaged blob is fetched again", async () => {
  const { lastLine: digest } = await run("push", "scorer.wasm", at("scorer:1"));
  const pinned = at(`scorer@${digest}`);
  expect((await run("pull", pinned, "--store", store)).exitCode).toBe(0);
  const offline = await startFakeRegistry();
  await offline[Symbol.asyncDispose]();
  expect((await run("pull", `${offline.host}/elsewhere@${digest}`, "--store", store)).exitCode).toBe(0);

  const wasm = await findWasm(store);
  await writeFile(wasm, addNote(await readFile(wasm), "rot"));
  const listed = await run("list", "--store", store);
  expect(listed.stdout).toContain("damaged");
  expect(listed.stderr).toContain(wasm);
  expect((await run("pull", pinned, "--store", store)).exitCode).toBe(0);
  expect((await run("list", "--store", store)).stderr).toBe("");
});

test("pin writes digests in place and touches nothing else", async () => {
  const { lastLine: scorer } = await run("push", "scorer.wasm", at("scorer:1"));
  const { lastLine: selector } = await run("push", "selector.wasm", at("selector:1"));
  const text = `{ // ours\n  "cniVersion": "1.0.0", "name": "genie", "type": "genie",\n  "genie": { "selection": {\n    "scorers": [ {"module":"${at("scorer:1")}"} ],\n    "selector": { "module": "${at("selector:1")}" } } }\n}\n`;
  const config = path.join(folder, "genie.conf");
  await writeFile(config, text);
  await chmod(config, 0o640);
  await symlink(config, path.join(folder, "link.conf"));

  const pinned = await run("pin", "--config", "link.conf", "--store", store);
  expect(pinned).toMatchObject({ exitCode: 0, lastLine: selector });
  expect(pinned.stderr).toBe(
    "warning: link.conf has comments or trailing commas, which container runtimes don't read: no pod is attached with it until they are removed",
  );
  expect(pinned.stdout).toContain(`${at("scorer:1")} → ${at(`scorer@${scorer}`)}`);
  expect(await readFile(config, "utf8")).toBe(
    text.replace("scorer:1", `scorer@${scorer}`).replace("selector:1", `selector@${selector}`),
  );
  expect((await stat(config)).mode & 0o777).toBe(0o640);
  expect((await lstat(path.join(folder, "link.conf"))).isSymbolicLink()).toBe(true);
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.tmp$/));
  expect(JSON.parse((await run("list", "--store", store, "--json")).stdout)).toHaveLength(2);

  const pulled = await run("pull", "--config", "genie.conf", "--store", path.join(folder, "other"));
  expect(pulled).toMatchObject({ exitCode: 0, lastLine: selector });
});

const PLAIN = { cniVersion: "1.0.0", name: "genie", type: "genie" };
const FIELD = "genie.selection.scorers[0].module";

test("pin REF follows a moved tag, and adds what isn't there", async () => {
  const { lastLine: first } = await run("push", "scorer.wasm", at("scorer:1"));
  await writeFile(path.join(folder, "genie.conf"), JSON.stringify(PLAIN));
  const added = await run("pin", "--config", "genie.conf", at("scorer:1"));
  expect(added).toMatchObject({ exitCode: 0, stderr: "" });
  expect(added.stdout).toMatch(/\n {2}scorer, \d.* k?B/);
  expect(added).toMatchObject({ lastLine: first });
  expect(added.stdout).toContain(`${FIELD}: added ${at(`scorer@${first}`)}\n`);

  await writeFile(path.join(folder, "scorer.wasm"), addNote(await makeComponent(SCORER), "producers"));
  const { lastLine: second } = await run("push", "scorer.wasm", at("scorer:1"));
  expect(second).not.toBe(first);
  expect((await run("pin", "--config", "genie.conf")).stdout).toContain(
    `${FIELD}: ${at(`scorer@${first}`)} (as it was)\n`,
  );
  const moved = await run("pin", "--config", "genie.conf", at("scorer:1"), "--json");
  const [old, now] = [at(`scorer@${first}`), at(`scorer@${second}`)];
  const facts = { digest: second, kind: "scorer", sizeBytes: expect.any(Number) };
  expect(JSON.parse(moved.stdout)).toMatchObject({
    digest: second,
    pins: [{ field: FIELD, old, new: now, ...facts }],
    dryRun: false,
  });
  expect(JSON.parse(await readFile(path.join(folder, "genie.conf"), "utf8"))).toEqual({
    ...PLAIN,
    genie: { selection: { scorers: [{ module: now, weight: 1 }] } },
  });
});

test("a component that genie can't use is published and stored, with a warning", async () => {
  await writeFile(path.join(folder, "other.wasm"), await makeComponent([]));
  const pushed = await run("push", "other.wasm", at("other:1"));
  expect(pushed).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("warning: other.wasm is published, but"),
  });
  const pulled = await run("pull", at("other:1"), "--store", store);
  expect(pulled).toMatchObject({ exitCode: 0, lastLine: pushed.lastLine });
  expect(pulled.stderr).toContain("doesn't export genie:selection/types");
});

test("stops at once when it's told to, and leaves no half file", async () => {
  await using silent = await startFakeRegistry();
  const asked = Promise.withResolvers<void>();
  silent.fault = () => {
    asked.resolve();
    return true;
  };
  const pull = desk.start("pull", `${silent.host}/a:1`, "--store", store);
  await asked.promise;
  pull.kill("SIGINT");
  expect(await pull).toMatchObject({ signal: "SIGINT", stdout: "", timedOut: false });
  await expect(readdir(store)).rejects.toMatchObject({ code: "ENOENT" });
});

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseCatalogueName } from "../../registry/catalogue/name.ts";
import { publishEntry } from "../../registry/catalogue/update.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import type { Digest } from "../../registry/digest.ts";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";

let undo: AsyncDisposableStack;
let registry: RegistryServer;
let desk: Desk;
beforeEach(async () => {
  undo = new AsyncDisposableStack();
  desk = undo.use(await makeDesk());
  registry = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") }));
});
afterEach(() => undo.disposeAsync());

const at = (name: string) => `${registry.host}/genie/${name}`;

/** Pushes a module that no other note gives. */
async function push(name: string, note: string): Promise<string> {
  await writeFile(path.join(desk.folder, "noted.wasm"), addNote(await makeComponent(SCORER), note));
  const { exitCode, lastLine } = await desk.run("push", "noted.wasm", at(name));
  expect(exitCode).toBe(0);
  return lastLine;
}

async function look(...modules: readonly string[]) {
  const selection = { scorers: modules.map((module) => ({ module })) };
  const config = { cniVersion: "1.0.0", name: "genie", type: "genie", genie: { selection } };
  await writeFile(path.join(desk.folder, "genie.conf"), JSON.stringify(config));
  const { exitCode, stdout, stderr } = await desk.run("outdated", "--config", "genie.conf", "--json");
  return { exitCode, stderr, modules: JSON.parse(stdout) };
}

test("the newest version is up to date, by its tag or without", async () => {
  await push("near:1.0.0", "producers");
  const digest = await push("near:1.1.0", "name");
  const { exitCode, stderr, modules } = await look(at(`near@${digest}`), at(`near:1.1.0@${digest}`));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(modules).toMatchObject([
    { newest: null, findings: [] },
    { version: "1.1.0", findings: [] },
  ]);
});

test("newer versions, moved tags, what is gone and who can't be asked are told", async () => {
  const first = await push("near:1.0.0", "producers");
  const newest = await push("near:1.1.0", "name");
  const moved = await push("far:1.0.0", "producers");
  const now = await push("far:1.0.0", "name");
  const gone = `sha256:${"0".repeat(64)}`;
  const { exitCode, stderr, modules } = await look(
    at(`near:1.0.0@${first}`),
    at(`far:1.0.0@${moved}`),
    at(`near@${gone}`),
    at("near:1.0.0"),
    `127.0.0.1:1/a@${gone}`,
  );
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: 5 of 5 modules of genie\.conf aren't up to date: [^\n]+$/),
  });
  const beyond = { version: "1.1.0", digest: newest };
  expect(modules).toMatchObject([
    { version: "1.0.0", newest: beyond, findings: [{ what: "newer" }] },
    { newest: null, findings: [{ what: "moved", detail: `the tag 1.0.0 leads to ${now} now` }] },
    { version: null, newest: beyond, findings: [{ what: "gone" }, { what: "newer" }] },
    { version: "1.0.0", newest: beyond, findings: [{ what: "notPinned" }, { what: "newer" }] },
    {
      version: null,
      newest: null,
      findings: [{ what: "failed", detail: expect.stringContaining("ECONNREFUSED") }],
    },
  ]);
  const { stdout } = await desk.run("outdated", "--config", "genie.conf");
  expect(stdout).toMatch(
    /^MODULE +VERSION +NEWEST +STATE\n.*near:1\.0\.0 +1\.0\.0 +1\.1\.0 +1\.1\.0 is there\n +→ /,
  );
});

test("what the catalogue says of a version is told", async () => {
  const digest = await push("near:1.0.0", "producers");
  const name = at("catalogue");
  using client = new RegistryClient(parseCatalogueName(name));
  const version = { repository: at("near"), version: "1.0.0" };
  await publishEntry(client, makeEntry({ ...version, digest: digest as Digest }), {});
  const words = ["deprecate", `${at("near")}:1.0.0`, "--reason", "slow", "--catalogue", name];
  expect(await desk.run(...words)).toMatchObject({ exitCode: 0 });
  await look(at(`near@${digest}`));
  const outdated = ["outdated", "--config", "genie.conf", "--catalogue", name, "--json"];
  const { exitCode, stdout } = await desk.run(...outdated);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { findings: [{ what: "deprecated", detail: "deprecated: slow", todo: "pin another one" }] },
  ]);
});

test("what the trust policy refuses is told", async () => {
  const digest = await push("near:1.0.0", "producers");
  await look(at(`near@${digest}`));
  const policy = { repositories: {}, blocked: [{ digest, reason: "it lies" }] };
  await writeFile(path.join(desk.folder, "trust.json"), JSON.stringify(policy));
  const outdated = ["outdated", "--config", "genie.conf", "--policy", "trust.json", "--json"];
  const { exitCode, stdout, stderr } = await desk.run(...outdated);
  expect(exitCode).toBe(1);
  expect(stderr).toBe("error: 1 of 1 modules of genie.conf aren't up to date: do what is said with each");
  expect(JSON.parse(stdout)).toMatchObject([
    { findings: [{ what: "refused", detail: `no pod gets it: ${digest} is blocked: it lies` }] },
  ]);
});

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from "vitest";
import { readMetadata } from "../../core/metadata/metadata.ts";
import { METADATA_SECTION } from "../../core/wasm/metadata-section.ts";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";

const undo = new AsyncDisposableStack();
let registry: RegistryServer;
beforeAll(async () => {
  const { folder: dir } = undo.use(await makeDesk());
  registry = undo.use(await startRegistry({ dir: path.join(dir, "registry") }));
});
afterAll(() => undo.disposeAsync());

let desk: Desk;
let file: string;
beforeEach(async () => {
  desk = await makeDesk();
  file = path.join(desk.folder, "genie.conf");
});
afterEach(() => desk[Symbol.asyncDispose]());

const refer = (tag: string) => `${registry.host}/${path.basename(desk.folder).toLowerCase()}/near:${tag}`;

/** Pushes a scorer whose one setting is `share`, at most this large. */
async function push(tag: string, maximum: number): Promise<void> {
  const share = { type: "number", maximum };
  const settings = {
    type: "object",
    properties: { share },
    required: ["share"],
    additionalProperties: false,
  };
  const { metadata, faults } = readMetadata(JSON.stringify({ settings }));
  if (metadata === undefined) throw new Error(faults.join());
  await pushBytes(tag, withMetadata(await makeComponent(SCORER), metadata));
}

async function pushBytes(tag: string, component: Uint8Array): Promise<void> {
  await writeFile(path.join(desk.folder, "near.wasm"), component);
  expect(await desk.run("push", "near.wasm", refer(tag))).toMatchObject({ exitCode: 0 });
}

async function configure(settings: object | undefined): Promise<void> {
  const scorers = settings === undefined ? [] : [{ module: refer("1"), settings }];
  const genie = { moduleStore: path.join(desk.folder, "store"), selection: { scorers } };
  await writeFile(
    file,
    JSON.stringify({ cniVersion: "1.0.0", name: "genie", type: "genie", genie }, null, 2),
  );
}

test("a version that doesn't take the settings isn't pinned, and the field is named", async () => {
  await push("1", 10);
  await push("2", 1);
  await configure({ share: 5 });
  expect(await desk.run("pin", "--config", "genie.conf")).toMatchObject({ exitCode: 0, stderr: "" });
  const before = await readFile(file, "utf8");
  const { exitCode, stderr } = await desk.run("pin", "--config", "genie.conf", refer("2"));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining("genie.selection.scorers[0].settings.share: must be at most 1: mend"),
  });
  expect(await readFile(file, "utf8")).toBe(before);
});

test("settings are held against what was pinned before, out of the store or the registry", async () => {
  await push("1", 10);
  await configure({ share: 5 });
  await desk.run("pin", "--config", "genie.conf");
  await writeFile(file, (await readFile(file, "utf8")).replace('"share": 5', '"share": 50'));
  const fault = "genie.selection.scorers[0].settings.share: must be at most 10: mend";
  const refused = { exitCode: 1, stderr: expect.stringContaining(fault) };
  expect(await desk.run("pin", "--config", "genie.conf")).toMatchObject(refused);
  await desk.run("pull", "--config", "genie.conf");
  await writeFile(file, (await readFile(file, "utf8")).replace(registry.host, "127.0.0.1:1"));
  expect(await desk.run("pin", "--config", "genie.conf")).toMatchObject(refused);
});

test("a module that is added has no settings yet: what it needs is told, and it is pinned", async () => {
  await push("1", 1);
  await configure(undefined);
  const { exitCode, stderr } = await desk.run("pin", "--config", "genie.conf", refer("1"));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining("genie.selection.scorers[0].settings.share: is missing"),
  });
  expect(await readFile(file, "utf8")).toContain("near@sha256:");
});

test("pull warns of settings that the module doesn't take, and has it in the store", async () => {
  await push("1", 1);
  await configure({ share: 1, shares: 2 });
  const { exitCode, stdout, stderr } = await desk.run("pull", "--config", "genie.conf");
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining("is in"),
    stderr: expect.stringContaining(
      'genie.selection.scorers[0].settings: unknown key "shares", did you mean "share"?',
    ),
  });
});

test("a scorer in the selector's place isn't pinned, and pull warns of it", async () => {
  await push("1", 1);
  const genie = {
    moduleStore: path.join(desk.folder, "store"),
    selection: { selector: { module: refer("1") } },
  };
  await writeFile(file, JSON.stringify({ cniVersion: "1.0.0", name: "genie", type: "genie", genie }));
  const fault =
    "genie.selection.selector.module: is no selector: it doesn't export genie:selection/selecting@1.0";
  expect(await desk.run("pin", "--config", "genie.conf")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(fault),
  });
  expect(await desk.run("pull", "--config", "genie.conf")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining(`warning: genie.conf: ${fault}`),
  });
});

test("pull warns of what a module says of itself that can't be used", async () => {
  await pushBytes("1", addNote(await makeComponent(SCORER), METADATA_SECTION));
  await configure({ any: 1 });
  await desk.run("pin", "--config", "genie.conf");
  const { exitCode, stderr } = await desk.run("pull", "--config", "genie.conf");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining("says of itself can't be used: is not JSON"),
  });
});

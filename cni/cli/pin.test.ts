import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { takeLock } from "../../registry/file/file-lock.ts";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import type { FakeRegistry } from "../../test/fakes/registry.ts";
import type { Desk } from "../../test/setup/geniectl.ts";
import { setUpDesk } from "../../test/setup/registry-desk.ts";

let registry: FakeRegistry;
let desk: Desk;
let file: string;
beforeEach(async () => {
  ({ desk, registry } = await setUpDesk());
  file = path.join(desk.folder, "genie.conf");
});

const at = (name: string) => `${registry.host}/genie/${name}`;
const pin = (...args: string[]) => desk.run("pin", "--config", "genie.conf", ...args);
const read = () => readFile(file, "utf8");

function configure(...modules: readonly string[]): Promise<void> {
  const scorers = modules.map((module) => ({ module }));
  const genie = { moduleStore: path.join(desk.folder, "store"), selection: { scorers } };
  const config = { cniVersion: "1.0.0", name: "genie", type: "genie", genie };
  return writeFile(file, JSON.stringify(config, null, 2));
}

async function push(name: string): Promise<string> {
  const { lastLine, exitCode } = await desk.run("push", "scorer.wasm", at(name));
  expect(exitCode).toBe(0);
  return lastLine;
}

test("a dry run shows what would change, and changes nothing", async () => {
  const digest = await push("a:1");
  await configure(at("a:1"));
  const before = await read();
  const { stdout } = await pin("--dry-run");
  expect(stdout.split("\n")).toEqual([
    `genie.selection.scorers[0].module: ${at("a:1")} → ${at(`a@${digest}`)}`,
    expect.stringMatching(/^ {2}scorer, \d.* k?B/),
    "genie.conf stays as it is",
    digest,
  ]);
  expect(await read()).toBe(before);
  expect(await pin("--dry-run", "--store", "s")).toMatchObject({ exitCode: 2 });
});

test("a tag may stay for who reads it; what is pinned with one stays as it is, wherever the tag leads", async () => {
  const digest = await push("a:1");
  await configure(at("a:1"));
  expect(await pin("--keep-tag")).toMatchObject({ exitCode: 0, stderr: "", lastLine: digest });
  const pinned = await read();
  expect(pinned).toContain(`"${at(`a:1@${digest}`)}"`);
  await writeFile(path.join(desk.folder, "scorer.wasm"), addNote(await makeComponent(SCORER), "producers"));
  expect(await push("a:1")).not.toBe(digest);
  expect(await pin()).toMatchObject({ exitCode: 0, lastLine: digest });
  expect(await read()).toBe(pinned);
});

test("a bad reference is named with its file and field", async () => {
  await configure(at("a:1"), "near:1");
  const stderr = expect.stringMatching(
    /^error: genie\.conf: genie\.selection\.scorers\[1\]\.module: "near:1" is no module reference: .+: write /,
  );
  expect(await pin()).toMatchObject({ exitCode: 1, stdout: "", stderr });
  expect(await desk.run("pull", "--config", "genie.conf")).toMatchObject({ exitCode: 1, stderr });
});

test("a file that isn't UTF-8 throughout stays as it is", async () => {
  await push("a:1");
  const config = { type: "genie", genie: { selection: { scorers: [{ module: at("a:1") }] } }, by: "J?rg" };
  const latin1 = Buffer.from(JSON.stringify(config).replace("?", "\u00f6"), "latin1");
  await writeFile(file, latin1);
  const stderr = expect.stringContaining("genie.conf isn't UTF-8 throughout");
  expect(await pin()).toMatchObject({ exitCode: 1, stdout: "", stderr });
  expect(await readFile(file)).toEqual(latin1);
});

test("what can't be had is named, all of it, and nothing is pinned", async () => {
  await push("a:1");
  await configure(at("a:1"), at("gone:1"), "127.0.0.1:1/a:1");
  const before = await read();
  const { exitCode, stdout, stderr } = await pin();
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^error: [^\n]*scorers\[1\]\.module: GET [^\n]* 404 [^\n]*scorers\[2\]\.module: /);
  expect(await read()).toBe(before);
  expect(await readdir(desk.folder)).not.toContainEqual(expect.stringMatching(/\.(tmp|lock)$/));
});

test("what is pinned and can't be had stays, with a warning, while the rest is pinned", async () => {
  const digest = await push("a:1");
  const gone = `127.0.0.1:1/genie/b@${digest}`;
  await configure(at("a:1"), gone);
  const { exitCode, stderr, lastLine } = await pin();
  expect({ exitCode, lastLine }).toEqual({ exitCode: 0, lastLine: digest });
  expect(stderr).toMatch(/^warning: genie\.conf: .*scorers\[1\]\.module: .*: it stays as it is, and nothing/);
  expect(await read()).toContain(gone);
  expect(await read()).toContain(at(`a@${digest}`));
});

test("what is pinned and can't be had is a failure where it is to be pulled, too", async () => {
  await configure(`127.0.0.1:1/genie/b@sha256:${"0".repeat(64)}`);
  expect(await pin("--store", "s")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: genie\.conf: .*scorers\[0\]\.module: /),
  });
});

test("what an ADD would refuse is told", async () => {
  await push("a:1");
  await configure(at("a:1"));
  await writeFile(file, (await read()).replace('"genie": {', '"genie": {"stateDri": "/x",'));
  expect(await pin()).toMatchObject({
    exitCode: 0,
    stderr:
      'warning: genie.conf: no pod is attached with it: genie: unknown key "stateDri", did you mean "stateDir"?',
  });
});

test("a second one waits for the first, and goes on from what that wrote", async () => {
  const [a, b] = [await push("a:1"), await push("b:1")];
  await configure();
  const held = await takeLock(path.join(desk.folder, ".genie.conf.lock"), { waitMs: 0 });
  const both = Promise.all([pin(at("a:1")), pin(at("b:1"))]);
  await configure(); // both have read nothing yet: neither finds the file changed
  await held?.[Symbol.asyncDispose]();
  for (const each of await both) expect(each).toMatchObject({ exitCode: 0, stderr: "" });
  const pinned = await read();
  for (const name of [`a@${a}`, `b@${b}`]) expect(pinned).toContain(at(name));
});

import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "@bytecodealliance/jco";
import { execa } from "execa";
import { beforeEach, expect, test } from "vitest";
import type { FakeRegistry } from "../../test/fakes/registry.ts";
import type { Desk } from "../../test/setup/geniectl.ts";
import { setUpDesk } from "../../test/setup/registry-desk.ts";

let registry: FakeRegistry;
let desk: Desk;
let folder: string;
beforeEach(async () => {
  ({ desk, registry } = await setUpDesk());
  ({ folder } = desk);
});

const run = (...args: string[]) => desk.run(...args);
const at = (name: string) => `${registry.host}/genie/${name}`;

test("a name out of a module can't steer the terminal", async () => {
  const named = await parse('(component (import "harmless" (func)))');
  const text = Buffer.from(named).toString().replace("harmless", "\u001b[2J\u009b1m");
  await writeFile(path.join(folder, "rude.wasm"), text);
  const { exitCode, stderr } = await run("push", "rude.wasm", at("rude:1"));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining("it has a name with characters"),
  });
  expect(stderr).not.toMatch(/\p{Cc}/u);
  const { stdout } = await run("push", "rude.wasm", at("rude:1"), "--json");
  expect(stdout).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(stdout)["warning"]).toContain("?[2J?1m");
});

test("a store that can't be written is named", async () => {
  await run("push", "scorer.wasm", at("scorer:1"));
  const { exitCode, stderr } = await run("pull", at("scorer:1"), "--store", "scorer.wasm/store");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: the module store scorer\.wasm\/store can't be used \(E[A-Z]+\): check /);
});

test.each(["/proc/modules/store", "/proc/nothing/store"])("a store can't be made in %s", async (store) => {
  await run("push", "scorer.wasm", at("scorer:1"));
  const { exitCode, stderr } = await run("pull", at("scorer:1"), "--store", store);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: the module store \/proc\/\w+\/store can't be used \(E[A-Z]+\): check /);
});

test("a manifest with a deep list is no module", async () => {
  const nested = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  registry.manifestByName.set("genie/deep/1", Buffer.from(`{"schemaVersion":2,"mediaType":${nested}}`));
  const { exitCode, stderr } = await run("pull", at("deep:1"), "--store", "s");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: .*deep:1 is no wasm module: its manifest is of type object: /);
});

test("a configuration with a deep list is named", async () => {
  const nested = `${"[}".repeat(100_000)}`;
  await writeFile(path.join(folder, "deep.conf"), `{"type":"genie","genie":{},"other":${nested}}`);
  const { exitCode, stderr } = await run("pin", "--config", "deep.conf");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: deep\.conf is nested more than 256 levels deep: .*/),
  });
});

test("an output that can't be written is named, and no temporary file is left", async () => {
  const source =
    'import { Request, Verdict } from "genie-cni/sdk";\nexport function score(request: Request): Verdict[] { return []; }\n';
  await writeFile(path.join(folder, "source.ts"), source);
  await mkdir(path.join(folder, "taken.wasm"));
  for (const [out, code] of [
    ["nowhere/x.wasm", "ENOENT"],
    ["taken.wasm", "EISDIR"],
  ] as const) {
    const { exitCode, stdout, stderr } = await run("build", "source.ts", "-o", out);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^error: ${out} can't be written \\(${code}\\): check .*$`));
  }
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.tmp$/));
});

test.each([
  ["a core module", Buffer.from("0061736d01000000", "hex"), "is a core wasm module"],
  ["a text", Buffer.from("hello"), "is not wasm"],
])("push refuses %s and says what to do", async (_, bytes, why) => {
  await writeFile(path.join(folder, "bad.wasm"), bytes);
  const { exitCode, stdout, stderr } = await run("push", "bad.wasm", at("bad:1"));
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^error: bad\.wasm: .*geniectl build$/);
  expect(stderr).toContain(why);
});

test.each([
  [["pull", "127.0.0.1:1/a:1", "--store", "s"], /no connection \(ECONNREFUSED\)/],
  [["pull", "a:1", "--store", "s"], /no module reference/],
  [["push", "gone.wasm", "r.example/a:1"], /gone\.wasm can't be read \(ENOENT\)/],
  [["push", ".", "r.example/a:1"], /is not a file/],
  [["pin", "--config", "gone.conf"], /gone\.conf can't be read/],
  [["pin", "--config", "scorer.wasm"], /scorer\.wasm:1 is not JSON/],
  [["list", "--store", "scorer.wasm"], /module store scorer\.wasm can't be used/],
])("geniectl %j fails with one line", async (args, why) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^error: [^\n]+$/);
  expect(stderr).toMatch(why);
});

test("a pipe that nobody writes to is no input", async () => {
  await execa("mkfifo", [path.join(folder, "pipe")]);
  for (const args of [
    ["push", "pipe", at("pipe:1")],
    ["check", "pipe"],
    ["pin", "--config", "pipe"],
  ]) {
    const { exitCode, stderr } = await run(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("is not a file") });
  }
});

test.each([
  [[]],
  [["frob"]],
  [["push"]],
  [["push", "a"]],
  [["list", "--frob"]],
  [["pin"]],
  [["pull"]],
  [["pull", "r.example/a:1", "--config", "f"]],
])("geniectl %j is a wrong use", async (args) => {
  expect(await run(...args)).toMatchObject({ exitCode: 2, stdout: "" });
});

test.each([["--help"], ["--version"], ["pull", "--help"]])("geniectl %s %s is fine", async (...args) => {
  expect(await run(...args.filter((arg) => typeof arg === "string"))).toMatchObject({
    exitCode: 0,
    stderr: "",
  });
});

test("the build of a core module doesn't replace it", async () => {
  const core = await parse('(module (memory (export "memory") 1))');
  await writeFile(path.join(folder, "core.wasm"), core);
  const { exitCode, stderr } = await run("build", "core.wasm", "--kind", "scorer");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: "error: core.wasm would be replaced by its own component: name another file with --out",
  });
});

test.each([
  [
    ["biuld"],
    "error: unknown command 'biuld' (Did you mean build?): see geniectl --help, or that of the verb",
  ],
  [["pull"], "error: name one reference, or --config FILE: see geniectl --help, or that of the verb"],
])("wrong usage is one line and exit code 2: %j", async (words, stderr) => {
  expect(await run(...words)).toMatchObject({ exitCode: 2, stdout: "", stderr });
});

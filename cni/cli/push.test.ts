import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { isDigest } from "../../registry/digest.ts";
import { findGolden, findReadme } from "../../registry/artifact/document.ts";
import { parseReference, type Reference } from "../../registry/reference.ts";

let desk: Desk;
let registry: FakeRegistry;
let reference: Reference;
let name: string;
beforeEach(async () => {
  desk = await makeDesk();
  registry = await startFakeRegistry();
  name = `${registry.host}/team/scorer:1`;
  reference = parseReference(name);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

const write = (file: string, text: string) => writeFile(path.join(desk.folder, file), text);
const oneCase = (title: string) => JSON.stringify([{ name: title, candidates: {}, answer: {} }]);

/** What a reader finds beside the module. */
async function readBack(digest: string) {
  if (!isDigest(digest)) throw new Error(`no digest: ${digest}`);
  using client = new RegistryClient(reference, { env: {} });
  const { annotations } = JSON.parse((await client.getManifest(digest)).toString());
  return {
    annotations,
    readme: await findReadme(client, digest),
    golden: await findGolden(client, digest),
    referrers: (await client.listReferrers(digest)).length,
  };
}

test("what the publisher adds is in the manifest and beside it", async () => {
  await write("README.md", "# near");
  await write("one.json", oneCase("one"));
  await write("two.json", oneCase("two"));
  const notes = [
    "--title",
    "near",
    "--version",
    "1.0.0",
    "--licence",
    "MIT",
    "--source",
    "https://a.example/b",
  ];
  const more = ["--annotation", "org.example.a=b=c", "--annotation", "org.example.d=e"];
  const files = ["--readme", "README.md", "--cases", "one.json", "--cases", "two.json"];
  const pushed = await desk.run("push", "scorer.wasm", name, ...notes, ...more, ...files, "--json");
  expect(pushed).toMatchObject({ exitCode: 0, stderr: "" });
  const { digest, documents } = JSON.parse(pushed.stdout);
  expect(documents).toEqual(["readme", "golden"]);
  const { annotations, readme, golden } = await readBack(digest);
  expect(annotations).toEqual({
    "io.github.cni-genie.module.kind": "scorer",
    "io.github.cni-genie.module.world": "genie:selection@1.0.0",
    "org.opencontainers.image.title": "near",
    "org.opencontainers.image.version": "1.0.0",
    "org.opencontainers.image.licenses": "MIT",
    "org.opencontainers.image.source": "https://a.example/b",
    "org.example.a": "b=c",
    "org.example.d": "e",
  });
  expect(readme).toBe("# near");
  expect(JSON.parse(golden ?? "").map((each: { name: string }) => each.name)).toEqual(["one", "two"]);
});

test("the same README is sent once; another one takes its place", async () => {
  await write("README.md", "# one");
  const push = () => desk.run("push", "scorer.wasm", name, "--readme", "README.md");
  const { lastLine: digest } = await push();
  expect((await push()).lastLine).toBe(digest);
  expect(await readBack(digest)).toMatchObject({ readme: "# one", referrers: 1 });
  await writeFile(path.join(desk.folder, "README.md"), Buffer.from("# tw\xf6", "latin1"));
  await push();
  await push();
  expect(await readBack(digest)).toMatchObject({
    readme: expect.stringContaining("# tw\ufffd"),
    referrers: 2,
  });
});

test("one file of golden cases is published as it is", async () => {
  const text = ` ${oneCase("one")}\n`;
  await write("golden.json", text);
  const { lastLine } = await desk.run("push", "scorer.wasm", name, "--cases", "golden.json");
  expect(await readBack(lastLine)).toMatchObject({ golden: text });
});

test("a tag leads to no module that lacks its README", async () => {
  await write("README.md", "# near");
  registry.fault = ({ method, url = "" }, response) => {
    const isReferrer = method === "PUT" && /manifests\/sha256-/.test(url);
    if (isReferrer) response.writeHead(403).end();
    return isReferrer;
  };
  const pushed = await desk.run("push", "scorer.wasm", name, "--readme", "README.md");
  expect(pushed).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("error: ") });
  expect(registry.manifestByName.has("team/scorer/1")).toBe(false);
});

test.each<[string, string[], string]>([
  ["a licence in words", ["--licence", "ask me!"], "scorer.wasm: the licence is no SPDX expression"],
  ["a README that isn't there", ["--readme", "none.md"], "none.md can't be read (ENOENT)"],
  ["golden cases that are none", ["--cases", "README.md"], "README.md is not JSON"],
  [
    "what the module says itself",
    ["--annotation", "io.github.cni-genie.module.kind=selector"],
    "is the module's own",
  ],
])("with %s, nothing is sent", async (_, words, why) => {
  await write("README.md", "# near");
  const pushed = await desk.run("push", "scorer.wasm", name, ...words);
  expect(pushed).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining(why) });
  expect(registry.log).toEqual([]);
});

test.each([
  ["no pair", ["--annotation", "a"]],
  ["a key twice", ["--annotation", "a=1", "--annotation", "a=2"]],
])("%s is wrong usage", async (_, words) => {
  const pushed = await desk.run("push", "scorer.wasm", name, ...words);
  expect(pushed).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("--annotation") });
});

test("--version before a verb is still the program's own", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  expect(await desk.run("--version")).toMatchObject({ exitCode: 0, stdout: version });
});

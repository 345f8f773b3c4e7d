import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { FakeRegistry } from "../../test/fakes/registry.ts";
import type { Desk } from "../../test/setup/geniectl.ts";
import { setUpDesk } from "../../test/setup/registry-desk.ts";

let registry: FakeRegistry;
let desk: Desk;
let digest: string;
beforeEach(async () => {
  ({ desk, registry } = await setUpDesk());
  digest = (await desk.run("push", "scorer.wasm", at("scorer:1"))).lastLine;
  await desk.run("keygen", "team");
});

const at = (name: string) => `${registry.host}/genie/${name}`;
const file = (name: string) => path.join(desk.folder, name);
const sign = (...words: string[]) => desk.run("sign", at("scorer:1"), "--key", "team.key", ...words);

async function writePolicy(rule: object, more: object = {}): Promise<void> {
  await writeFile(
    file("trust.json"),
    JSON.stringify({ repositories: { [at("").slice(0, -1)]: rule }, ...more }),
  );
}

const byTeam = () => ({ allOf: [{ key: file("team.pub"), name: "team" }] });

async function configure(reference: string): Promise<void> {
  const genie = {
    moduleStore: file("store"),
    trust: { policy: file("trust.json") },
    selection: { scorers: [{ module: reference }] },
  };
  const config = { cniVersion: "1.0.0", name: "genie", type: "genie", genie };
  await writeFile(file("genie.conf"), JSON.stringify(config));
}

async function listStored(): Promise<readonly unknown[]> {
  return JSON.parse((await desk.run("list", "--store", "store", "--json")).stdout);
}

test("with a policy, an unsigned module is refused by pull and pin, and nothing is stored or written", async () => {
  await writePolicy(byTeam());
  await configure(at("scorer:1"));
  const before = await readFile(file("genie.conf"), "utf8");
  for (const words of [
    ["pull", at("scorer:1"), "--policy", "trust.json", "--store", "store"],
    ["pull", at(`scorer@${digest}`), "--policy", "trust.json", "--store", "store"],
    ["pull", "--config", "genie.conf"],
    ["pin", "--config", "genie.conf"],
    ["pin", "--config", "genie.conf", "--store", "store"],
    ["pin", "--config", "genie.conf", at("scorer:1")],
  ]) {
    const { exitCode, stderr } = await desk.run(...words);
    expect({ words, exitCode, stderr }).toEqual({
      words,
      exitCode: 1,
      stderr: expect.stringContaining("no signature holds by team"),
    });
  }
  expect(await listStored()).toEqual([]);
  expect(await readFile(file("genie.conf"), "utf8")).toBe(before);
});

test("a signed module is pinned and pulled, with its signatures, which then hold without the registry", async () => {
  await sign();
  await writePolicy(byTeam());
  await configure(at("scorer:1"));
  expect(await desk.run("pin", "--config", "genie.conf")).toMatchObject({ exitCode: 0, lastLine: digest });
  expect(await desk.run("pull", "--config", "genie.conf")).toMatchObject({ exitCode: 0, lastLine: digest });
  registry.log.length = 0;
  const words = ["verify", at(`scorer@${digest}`), "--policy", "trust.json", "--store", "store", "--json"];
  const { exitCode, stdout } = await desk.run(...words);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).signatures).toMatchObject([{ holds: true }, { holds: true }]);
  expect(await desk.run("pull", "--config", "genie.conf")).toMatchObject({ exitCode: 0 });
  expect(await desk.run("pin", "--config", "genie.conf")).toMatchObject({ exitCode: 0 });
  expect(registry.log).toEqual([]);
});

test("a module that was pulled before it was signed gets its signatures with the next pull", async () => {
  await desk.run("pull", at(`scorer@${digest}`), "--store", "store");
  await writePolicy(byTeam());
  const pull = () => desk.run("pull", at(`scorer@${digest}`), "--policy", "trust.json", "--store", "store");
  expect(await pull()).toMatchObject({ exitCode: 1 });
  await sign();
  registry.log.length = 0;
  expect(await pull()).toMatchObject({ exitCode: 0, lastLine: digest });
  const blobs = registry.log.filter(({ line }) => line.includes(`/manifests/${digest}`));
  expect(blobs, "the module is there already").toEqual([]);
});

test("a source that isn't allowed, a repository without a rule and a blocked digest are refused before a registry is asked", async () => {
  await sign();
  const pull = () => desk.run("pull", at(`scorer@${digest}`), "--policy", "trust.json", "--store", "store");
  registry.log.length = 0;
  await writePolicy(byTeam(), { sources: ["r.example"] });
  expect((await pull()).stderr).toContain("is none of the allowed sources");
  await writePolicy(byTeam(), { blocked: [{ digest, reason: "places pods on red" }] });
  expect((await pull()).stderr).toContain("is blocked: places pods on red: name another module: no");
  await writeFile(file("trust.json"), "{}");
  expect((await pull()).stderr).toContain("no rule is for");
  expect(registry.log).toEqual([]);
});

test("a blocked digest is refused when a tag leads to it", async () => {
  await sign();
  await writePolicy(byTeam(), { blocked: [{ digest, reason: "places pods on red" }] });
  const { exitCode, stderr } = await desk.run(
    "pull",
    at("scorer:1"),
    "--policy",
    "trust.json",
    "--store",
    "store",
  );
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining("is blocked: places pods on red: name another module: no"),
  });
  expect(await listStored()).toEqual([]);
});

test("a policy that can't be used stops every verb in one line", async () => {
  await sign();
  await configure(at(`scorer@${digest}`));
  await writeFile(file("trust.json"), '{"repositories":{"r.example":{"allof":[]}}}');
  await writeFile(file("decisions.jsonl"), "");
  for (const words of [
    ["pull", "--config", "genie.conf"],
    ["pin", "--config", "genie.conf"],
    ["verify", at("scorer:1"), "--config", "genie.conf"],
    ["replay", "--module", at(`scorer@${digest}`), "--config", "genie.conf", "decisions.jsonl"],
  ]) {
    const { exitCode, stderr } = await desk.run(...words);
    expect({ words, exitCode, lines: stderr.split("\n") }).toEqual({
      words,
      exitCode: 1,
      lines: [expect.stringMatching(/^error: .*trust\.json: .*unknown key "allof", did you mean "allOf"\?/)],
    });
  }
});

test("replay runs no module of the store that the policy refuses", async () => {
  await desk.run("pull", at(`scorer@${digest}`), "--store", "store");
  await writePolicy(byTeam());
  await writeFile(file("decisions.jsonl"), "");
  const words = ["--module", at(`scorer@${digest}`), "--policy", "trust.json", "--store", "store"];
  const { exitCode, stderr } = await desk.run("replay", ...words, "decisions.jsonl");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining("no signature holds by team"),
  });
});

test("without a policy, a registry that gives no signatures is warned of, and the module is had", async () => {
  registry.fault = (request, response) => {
    if (!/sha256-/.test(request.url ?? "")) return false;
    response.writeHead(403).end();
    return true;
  };
  const { exitCode, stderr } = await desk.run("pull", at("scorer:1"), "--store", "store");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining("comes without its signatures"),
  });
});

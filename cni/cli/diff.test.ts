/** `geniectl diff` of a module and its next version, as files and in a registry. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";

/** A machine that is busy must not make a test fail. */
const PATIENT = ["--deadline-ms", "10000"];
const CHANGES = [
  {
    where: "description",
    old: "prefers the networks of one zone, and rejects slow ones",
    now: "prefers a zone",
  },
  { where: "KPI latency-ms", old: "optional", now: "required" },
  { where: "settings.elsewhere: default", old: "0.2", now: "0.3" },
];
const ANSWERS = [
  {
    name: "the zone's networks score 1, the others less",
    differences: [
      { where: "green", old: "score 0.2", now: "score 0.3" },
      { where: "red", old: "score 0.2", now: "score 0.3" },
    ],
  },
  { name: "how much less is the admin's to say", differences: [] },
  { name: "what is too slow is rejected, what nobody measured isn't", differences: [] },
  { name: "no zone", differences: [] },
  { name: "no candidate", differences: [] },
];

const undo = new AsyncDisposableStack();
let desk: Desk;
let registry: FakeRegistry;
beforeAll(async () => {
  desk = undo.use(await makeDesk());
  registry = undo.use(await startFakeRegistry());
  await desk.run("new", "scorer", "--lang", "assemblyscript", "near");
  await desk.run("build", "near");
  await change("near/module.ts", [['"elsewhere", 0.2', '"elsewhere", 0.3']]);
  await change("near/module.json", [
    ["prefers the networks of one zone, and rejects slow ones", "prefers a zone"],
    ['"optional"', '"required"'],
    ['"default": 0.2', '"default": 0.3'],
  ]);
  expect(await desk.run("build", "near", "-o", "near-next.wasm")).toMatchObject({ exitCode: 0 });
  await cp(path.join(DIST_DIR, "modules/highest.wasm"), at("highest.wasm"));
}, 60_000);
afterAll(() => undo.disposeAsync());

const at = (name: string) => path.join(desk.folder, name);

async function change(name: string, changes: readonly (readonly [string, string])[]): Promise<void> {
  let text = await readFile(at(name), "utf8");
  for (const [old, now] of changes) {
    expect(text).toContain(old);
    text = text.replace(old, now);
  }
  await writeFile(at(name), text);
}

async function diff(...words: string[]) {
  const { exitCode, stdout, stderr } = await desk.run("diff", ...words, ...PATIENT, "--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout);
}

test("tells what changed of what they say, and of what they answer", async () => {
  const found = await diff("near.wasm", "near-next.wasm", "--cases", "near/golden.json");
  expect(found).toMatchObject({
    old: { name: "near.wasm", digest: null },
    new: { name: "near-next.wasm", digest: null },
    answers: ANSWERS,
  });
  expect(found.changes.filter(({ where }: { where: string }) => where !== "size")).toEqual(CHANGES);
});

test("takes two versions in a registry, with the cases that lie beside the new one", async () => {
  const [old, now] = [1, 2].map((version) => `${registry.host}/team/near:${version}`);
  await desk.run("push", "near.wasm", `${old}`);
  const { lastLine } = await desk.run("push", "near-next.wasm", `${now}`, "--cases", "near/golden.json");
  expect(await diff(`${old}`, `${now}`)).toMatchObject({
    new: { name: now, digest: lastLine },
    answers: ANSWERS,
  });
});

test("runs nothing unsigned out of a registry where a trust policy is present", async () => {
  const name = `${registry.host}/team/unsigned:1`;
  await desk.run("push", "near.wasm", name);
  const { publicKey } = JSON.parse((await desk.run("keygen", "--json")).stdout);
  const policy = { repositories: { [registry.host]: { allOf: [{ key: at(publicKey) }] } } };
  await writeFile(at("trust.json"), JSON.stringify(policy));
  const { exitCode, stderr } = await desk.run("diff", "near.wasm", name, "--policy", "trust.json");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`the trust policy refuses ${name}: no signature holds`);
});

test("shows it as a table", async () => {
  const words = ["diff", "near.wasm", "near-next.wasm", "--cases", "near/golden.json", ...PATIENT];
  const { stdout } = await desk.run(...words);
  expect(stdout).toMatch(/^WHAT +OLD +NEW$/m);
  expect(stdout).toMatch(/^settings\.elsewhere: default +0\.2 +0\.3$/m);
  expect(stdout).toMatch(/^the zone's networks score 1, the others less: green +score 0\.2 +score 0\.3$/m);
  expect(stdout).toMatch(/^1 of 5 golden cases are answered differently$/m);
});

test("the same module differs in nothing", async () => {
  const { stdout } = await desk.run("diff", "near.wasm", "near", "--cases", "near/golden.json", ...PATIENT);
  expect(stdout).toContain("1 of 5 golden cases are answered differently");
  const same = await desk.run("diff", "near.wasm", "near.wasm", "--cases", "near/golden.json", ...PATIENT);
  expect(same.stdout).toBe(
    "what they say of themselves is the same\n0 of 5 golden cases are answered differently",
  );
}, 60_000);

test("what can't be asked the same is said", async () => {
  await rm(at("golden.json"), { force: true });
  const { exitCode, stdout, stderr } = await desk.run("diff", "near.wasm", "highest.wasm");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^kind +scorer +selector$/m);
  expect(stderr).toContain("a scorer and a selector can't be asked the same");
  expect((await desk.run("diff", "near.wasm", "near-next.wasm")).stderr).toContain(
    "there are no golden cases",
  );
});

test.each([
  ["nowhere.wasm", "is no module reference"],
  ["near/golden.json", "golden.json"],
])("%s is no module", async (name, words) => {
  const { exitCode, stderr } = await desk.run("diff", "near.wasm", name);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(words);
});

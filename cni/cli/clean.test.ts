import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type KeptNode, makeKeptNode } from "../../test/setup/kept-node.ts";

let kept: KeptNode;
let stateDir: string;
beforeEach(async () => {
  kept = await makeKeptNode();
  stateDir = kept.node.dir;
  for (const name of ["one", "two"]) await kept.node.plugin(name, "exit 0");
});
afterEach(() => kept[Symbol.asyncDispose]());

const clean = (...args: string[]) => kept.desk.run("clean", "--state-dir", stateDir, ...args);
const statesOf = async (containerId: string) =>
  (await kept.node.ledger.read(containerId)).attachments.map(({ ifName, state }) => `${ifName} ${state}`);
const steps = ["one", "two"].map((plugin) => ({ plugin, stdin: "{}" }));

test("what is dead is undone, last plugin first, in no namespace; what lives stays", async () => {
  await kept.node.ledger.write("c1", [await kept.living(), await kept.dead({ ifName: "eth1", steps })]);
  await kept.node.ledger.write("c2", [await kept.dead({ containerId: "c2", bootId: "boot-0" })]);
  const { exitCode, stdout, stderr } = await clean("--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const undone = { network: "blue", outcome: "undone", reason: null };
  expect(JSON.parse(stdout)).toEqual({
    attachments: [
      { containerId: "c1", ifname: "eth1", ...undone },
      { containerId: "c2", ifname: "eth0", ...undone },
    ],
    unreadable: [],
  });
  const calls = (await kept.node.takeCalls()).map(({ verb, plugin, ifName, netns }) => [
    verb,
    plugin,
    ifName,
    netns,
  ]);
  expect(calls).toEqual([
    ["DEL", "one", "eth0", ""],
    ["DEL", "two", "eth1", ""],
    ["DEL", "one", "eth1", ""],
  ]);
  expect(await statesOf("c1")).toEqual(["eth0 attached"]);
  expect(await kept.node.ledger.list()).toEqual(["c1"]);
  expect((await clean()).stdout).toBe(`nothing to undo in ${stateDir}`);
});

test("a dead attachment stays while its container lives under the same interface again", async () => {
  await kept.node.ledger.write("c1", [await kept.dead({ state: "leaving" }), await kept.living()]);
  expect((await clean()).stdout).toBe(`nothing to undo in ${stateDir}`);
  expect(await kept.node.takeCalls()).toEqual([]);
  expect(await statesOf("c1")).toEqual(["eth0 leaving", "eth0 attached"]);
});

test("a dry run says what it would do, and does nothing", async () => {
  await kept.node.ledger.write("c1", [await kept.dead()]);
  await writeFile(path.join(stateDir, "ledger", ".unreadable-c7-1"), "torn");
  const { exitCode, stdout } = await clean("--dry-run", "--forget-unreadable");
  expect({ exitCode, lines: stdout.split("\n") }).toEqual({
    exitCode: 0,
    lines: [
      "CONTAINER  INTERFACE  NETWORK  RESULT",
      "c1         eth0       blue     would be undone",
      `unreadable ${stateDir}/ledger/.unreadable-c7-1: would be removed`,
    ],
  });
  expect(await kept.node.takeCalls()).toEqual([]);
  expect(await readdir(path.join(stateDir, "ledger"))).toEqual([".unreadable-c7-1", "c1"]);
});

test("what fails is told, is kept for the next try, and stops nothing else", async () => {
  await kept.node.plugin("two", `echo 'from two' >&2; echo '{"code":42,"msg":"never"}'; exit 1`);
  await kept.node.ledger.write("c1", [await kept.dead({ steps }), await kept.dead({ ifName: "eth1" })]);
  const { exitCode, stdout, stderr } = await clean();
  expect(exitCode).toBe(1);
  expect(stdout.split("\n").slice(1)).toEqual([
    "c1         eth0       blue     failed: plugin two: never",
    "c1         eth1       blue     undone",
  ]);
  expect(stderr).toMatch(/^from two\nerror: 1 of 2 attachments are not undone: [^\n]+$/);
  expect(await statesOf("c1")).toEqual(["eth0 leaving"]);
  expect((await kept.node.ledger.read("c1")).attachments[0]?.steps).toEqual([steps[1]]);
});

test("plugins are found where ADD found them, unless told otherwise", async () => {
  await kept.node.ledger.write("c1", [await kept.dead({ path: ["/nowhere"] })]);
  const { exitCode, stdout } = await clean();
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.stringContaining("/nowhere") });
  expect((await clean("--cni-path", kept.node.path[0])).exitCode).toBe(0);
});

test("--container undoes what lives, in its namespace, and nobody else's", async () => {
  const living = await kept.living();
  await kept.node.ledger.write("c1", [living]);
  await kept.node.ledger.write("c2", [await kept.dead({ containerId: "c2" })]);
  expect(await clean("--container", "c1")).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await kept.node.takeCalls()).map(({ netns }) => netns)).toEqual([living.namespace.path]);
  expect(await kept.node.ledger.list()).toEqual(["c2"]);
});

test("files that were set aside stay until they are to be forgotten", async () => {
  const folder = path.join(stateDir, "ledger");
  await kept.node.ledger.write("c1", [await kept.living()]);
  await writeFile(path.join(folder, ".unreadable-c7-1"), "torn");
  await writeFile(path.join(folder, ".unreadable-c8-2"), "torn");
  await writeFile(path.join(folder, "c9"), "torn");
  const { exitCode, stdout, stderr } = await clean();
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("c7-1: kept\n") });
  expect(stderr).toMatch(/^warning: [^\n]*\/ledger\/c9 is unreadable: [^\n]*$/);
  await clean("--forget-unreadable", "--container", "c7");
  expect(await readdir(folder)).toEqual([".unreadable-c8-2", "c1", "c9"]);
  const forgotten = await clean("--forget-unreadable", "--json");
  expect(JSON.parse(forgotten.stdout)["unreadable"]).toEqual([
    { file: path.join(folder, ".unreadable-c8-2"), outcome: "removed" },
  ]);
  expect(await readdir(folder)).toEqual(["c1", "c9"]);
});

test("it is stopped as a plugin is, and ends by the signal", async () => {
  await kept.node.plugin("one", `touch '${kept.node.dir}/began'; sleep 60`);
  await kept.node.ledger.write("c1", [await kept.dead()]);
  const running = kept.desk.start("clean", "--state-dir", stateDir);
  await expect.poll(() => kept.node.has("began"), { timeout: 10_000 }).toBe(true);
  running.kill("SIGINT");
  expect((await running).signal).toBe("SIGINT");
  expect(await statesOf("c1")).toEqual(["eth0 leaving"]);
});

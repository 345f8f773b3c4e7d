import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type KeptNode, makeKeptNode } from "../../test/setup/kept-node.ts";

let kept: KeptNode;
let stateDir: string;
beforeEach(async () => {
  kept = await makeKeptNode();
  stateDir = kept.node.dir;
});
afterEach(() => kept[Symbol.asyncDispose]());

const attachments = (...args: string[]) => kept.desk.run("attachments", ...args);

async function fill(): Promise<void> {
  const { ledger } = kept.node;
  const ofC2 = { containerId: "c2", network: "red" };
  await ledger.write("c2", [
    await kept.dead({ ...ofC2, ifName: "net9" }),
    await kept.living({ ...ofC2, state: "planned" }),
  ]);
  await ledger.write("c1", [await kept.living()]);
}

test("all are listed by container, then in their order; JSON has four keys", async () => {
  await fill();
  const { exitCode, stdout, stderr } = await attachments("--state-dir", stateDir, "--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(JSON.parse(stdout)).toStrictEqual([
    { containerId: "c1", ifname: "eth0", network: "blue", state: "attached" },
    { containerId: "c2", ifname: "net9", network: "red", state: "attached" },
    { containerId: "c2", ifname: "eth0", network: "red", state: "planned" },
  ]);
});

test("a person sees the namespaces, too, and which are dead", async () => {
  await fill();
  const { exitCode, stdout } = await attachments("--state-dir", stateDir, "--container", "c2");
  expect(exitCode).toBe(0);
  expect(stdout.split("\n")).toEqual([
    "CONTAINER  INTERFACE  NETWORK  STATE     NAMESPACE",
    "c2         net9       red      attached  /run/netns/gone (dead)",
    `c2         eth0       red      planned   /proc/${process.pid}/ns/net`,
  ]);
});

test("the folder is that of a configuration, alone or in a list", async () => {
  await fill();
  const list = path.join(kept.desk.folder, "genie.conflist");
  const plugin = { type: "genie", genie: { stateDir } };
  await writeFile(list, `// ours\n${JSON.stringify({ name: "n", plugins: [{ type: "tuning" }, plugin] })}`);
  for (const file of [list, kept.configFile]) {
    const { stdout } = await attachments("--config", file, "--json");
    expect(JSON.parse(stdout)).toHaveLength(3);
  }
});

test("a node without state has none, and none is made", async () => {
  const missing = path.join(stateDir, "missing");
  expect(await attachments("--state-dir", missing)).toMatchObject({
    exitCode: 0,
    stdout: `no attachments in ${missing}`,
  });
  expect((await attachments("--state-dir", missing, "--json")).stdout).toBe("[]");
  expect(await readdir(stateDir)).not.toContain("missing");
});

test("an entry that can't be read is named, the others are shown", async () => {
  await fill();
  await writeFile(path.join(stateDir, "ledger", "c0"), "torn");
  const { exitCode, stdout, stderr } = await attachments("--state-dir", stateDir, "--json");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringMatching(new RegExp(`^warning: ${stateDir}/ledger/c0 is unreadable[^\n]*$`)),
  });
  expect(JSON.parse(stdout)).toHaveLength(3);
});

test("names out of the ledger can't steer the terminal", async () => {
  await kept.node.ledger.write("c1", [await kept.living({ network: "\u001b[2Jblue\u009b1m\u202e" })]);
  for (const more of [[], ["--json"]]) {
    const { stdout } = await attachments("--state-dir", stateDir, ...more);
    expect(stdout).toContain("blue");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

test.each([
  [["--state-dir", "a", "--config", "b"]],
  [["--container", "../../etc/passwd"]],
  [["--container", ""]],
  [["c1"]],
])("%j is a wrong use", async (args) => {
  expect(await attachments(...args)).toMatchObject({ exitCode: 2, stdout: "" });
});

test("a folder that can't be used is named in one line", async () => {
  const { exitCode, stderr } = await attachments("--state-dir", kept.configFile);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^error: the ledger in [^\n]*00-genie\.conf\/ledger can't be used: ENOTDIR: check [^\n]*$/,
  );
});

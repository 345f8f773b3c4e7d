import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type KeptNode, makeKeptNode } from "../../test/setup/kept-node.ts";

let kept: KeptNode;
beforeEach(async () => {
  kept = await makeKeptNode();
  await kept.node.plugin("one", "exit 0");
});
afterEach(() => kept[Symbol.asyncDispose]());

const status = (...args: string[]) => {
  const [cniPath] = kept.node.path;
  return kept.desk.run("status", "--config", kept.configFile, "--cni-path", cniPath, ...args);
};
const addNetwork = (name: string, type: string) =>
  kept.node.conf(`10-${name}.conf`, { cniVersion: "1.1.0", name, type });
const sick = `echo '{"code":50,"msg":"no daemon"}'; exit 1`;

test("a node is as ready as the network that pods without wishes get; each one's reason is told", async () => {
  await kept.node.plugin("sick", sick);
  await addNetwork("blue", "one");
  await addNetwork("green", "sick");
  await writeFile(path.join(kept.node.dir, "net.d/20-bad.conf"), "{");
  await kept.node.ledger.write("c1", [await kept.living(), await kept.dead({ state: "leaving" })]);
  await writeFile(path.join(kept.node.dir, "ledger/c2"), "torn");
  await writeFile(path.join(kept.node.dir, "ledger/.unreadable-c3-1"), "torn");
  const { exitCode, stdout } = await status("--json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ready: true,
    reason: null,
    networks: [
      { network: "blue", file: "10-blue.conf", ready: true, reason: null },
      { network: "green", file: "10-green.conf", ready: false, reason: "plugin sick: no daemon" },
    ],
    skipped: [{ file: "20-bad.conf", reason: expect.stringContaining("not a JSON object") }],
    apiServer: null,
    attachments: { planned: 0, attached: 1, leaving: 1, dead: 1 },
    unreadable: [path.join(kept.node.dir, "ledger/c2")],
    setAside: [path.join(kept.node.dir, "ledger/.unreadable-c3-1")],
  });
  const { stdout: shown, stderr } = await status();
  expect(shown.split("\n")).toEqual([
    "ready",
    "NETWORK  FILE           STATUS",
    "blue     10-blue.conf   ready",
    "green    10-green.conf  plugin sick: no daemon",
    "-        20-bad.conf    passed over: not a JSON object",
    "attachments: 0 planned, 1 attached, 1 leaving, 1 dead",
  ]);
  expect(stderr.split("\n")).toHaveLength(2);
});

test("a network that genie wrote itself is told of as any other", async () => {
  await addNetwork("blue", "one");
  await kept.node.conf("10-bridge.conf", {
    cniVersion: "0.4.0",
    name: "mybridgenet",
    type: "one",
    "io.github.cni-genie.generated": true,
  });
  const { stdout } = await status("--json");
  expect(JSON.parse(stdout)).toMatchObject({
    networks: [
      { network: "blue", ready: true },
      { network: "mybridgenet", ready: true, reason: null },
    ],
  });
});

test("the only network's reason is the node's", async () => {
  await kept.node.plugin("sick", sick);
  await addNetwork("blue", "sick");
  const { exitCode, stdout, stderr } = await status();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^not ready\n/);
  expect(stderr).toMatch(/^error: this node is not ready: plugin sick: no daemon: [^\n]+$/);
});

test("a default network that isn't ready makes the node not ready, whatever the others say", async () => {
  await kept.node.plugin("sick", sick);
  await addNetwork("blue", "sick");
  await addNetwork("green", "one");
  const genie = { confDir: path.join(kept.node.dir, "net.d"), stateDir: kept.node.dir };
  await kept.node.conf("00-genie.conf", { name: "genie", type: "genie", default_plugin: "blue", genie });
  const { exitCode, stdout } = await status("--json");
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ready: false, networks: [{ ready: false }, { ready: true }] });
});

test("a node without networks isn't ready", async () => {
  const { exitCode, stdout, stderr } = await status("--json");
  expect({ exitCode, ready: JSON.parse(stdout)["ready"] }).toEqual({ exitCode: 1, ready: false });
  expect(stderr).toMatch(/^error: this node is not ready: [^\n]*net\.d has no usable network[^\n]*$/);
});

test("the configuration has to be named", async () => {
  expect(await kept.desk.run("status")).toMatchObject({ exitCode: 2, stdout: "" });
});

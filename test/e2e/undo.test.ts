import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPluginFolder, type PluginFolder } from "../plugins/scripted.ts";
import { addNamespace, addVethPair, listLinks, type NetworkNamespace, runIp } from "../setup/namespace.ts";
import { callGenie, makeNode, type TestNode, withAnnotations } from "./node.ts";

let plugins: PluginFolder;
let node: TestNode;
beforeAll(async () => {
  plugins = await openPluginFolder();
  const made = await makeNode();
  node = { ...made, cniPath: `${plugins.path[0]}:${made.cniPath}` };
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await plugins[Symbol.asyncDispose]();
});

const call = (verb: "ADD" | "DEL", pod: NetworkNamespace, network: string) =>
  callGenie(node, { verb, pod, stdin: node.config({}, withAnnotations({ cni: network })) });
const addList = (name: string, chain: readonly object[]) =>
  writeFile(
    path.join(node.confDir, `50-${name}.conflist`),
    JSON.stringify({ cniVersion: "1.0.0", name, plugins: chain }),
  );
const readLedger = () => readdir(path.join(node.stateDir, "ledger"));

test("a device of the node comes back from its pod, and a second DEL has nothing to do", async () => {
  await using pod = await addNamespace();
  await addVethPair(["dev0", "dev1"], node.namespace);
  await addList("device", [{ type: "host-device", device: "dev0" }]);
  expect(await call("ADD", pod, "device")).toMatchObject({ exitCode: 0 });
  expect(await listLinks(node.namespace)).not.toContain("dev0");
  expect(await call("DEL", pod, "device")).toMatchObject({ exitCode: 0 });
  expect(await listLinks(node.namespace)).toContain("dev0");
  expect(await call("DEL", pod, "device")).toMatchObject({ exitCode: 0 }); // host-device 1.1.1 itself fails here
});

test("a device that is gone from its pod is told at each DEL until the pod's namespace is gone too", async () => {
  await using undo = new AsyncDisposableStack();
  const pod = undo.use(await addNamespace());
  await addVethPair(["dev2", "dev3"], node.namespace);
  await plugins.plugin("before", `echo '{"cniVersion":"1.0.0"}'`);
  await addList("lost", [{ type: "before" }, { type: "host-device", device: "dev2" }]);
  expect(await call("ADD", pod, "lost")).toMatchObject({ exitCode: 0 });
  await runIp(["-n", pod.name, "link", "set", "eth0", "netns", node.namespace.name, "name", "dev4"]);
  await plugins.takeCalls();
  for (const others of [["DEL before"], []]) {
    const answer = { code: 999, msg: expect.stringContaining("eth0") };
    expect(await call("DEL", pod, "lost")).toMatchObject({ exitCode: 1, answer });
    expect((await plugins.takeCalls()).map(({ verb, plugin }) => `${verb} ${plugin}`)).toEqual(others);
    expect(await readLedger()).toEqual([pod.name]);
  }
  await undo.disposeAsync();
  expect(await call("DEL", pod, "lost")).toMatchObject({ exitCode: 0 });
  expect(await readLedger()).toEqual([]);
});

test("a plugin that always fails DEL is told at each DEL and kept, all others are undone", async () => {
  await using pod = await addNamespace();
  const answer = `[ $CNI_COMMAND = DEL ] && { echo '{"code":42,"msg":"never","details":"d"}'; exit 1; }
printf '%s' "$stdin" | sed 's/.*"prevResult"://; s/}$//'`;
  await plugins.plugin("stubborn", answer);
  const ipam = { type: "host-local", dataDir: node.dataDir, ranges: [[{ subnet: "10.10.7.0/24" }]] };
  await addList("stubborn", [{ type: "bridge", bridge: "cni-stub", ipam }, { type: "stubborn" }]);
  expect(await call("ADD", pod, "stubborn")).toMatchObject({ exitCode: 0 });
  for (const _ of ["first", "second", "third"]) {
    expect(await call("DEL", pod, "stubborn")).toMatchObject({
      exitCode: 1,
      answer: { cniVersion: "1.0.0", code: 42, msg: "never", details: "d; network stubborn, interface eth0" },
    });
    expect(await listLinks(pod)).toEqual([]);
    expect((await readdir(path.join(node.dataDir, "stubborn"))).filter((name) => /^\d/.test(name))).toEqual(
      [],
    );
    expect(await readLedger()).toEqual([pod.name]);
  }
  await plugins.plugin("stubborn", "exit 0");
  expect(await call("DEL", pod, "stubborn")).toMatchObject({ exitCode: 0 });
  expect(await readLedger()).toEqual([]);
});

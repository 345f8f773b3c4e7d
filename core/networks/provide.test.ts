import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeCluster } from "../../test/fakes/cluster.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { openExec } from "../../cni/process-exec.ts";
import type { Cluster } from "../cluster.ts";
import type { AddPorts } from "../ports.ts";
import { add } from "../verbs/add.ts";
import { status } from "../verbs/status.ts";

const routes = { subnets: [], onLinks: [], defaultLink: "ens3" };
let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  for (const plugin of ["bridge", "macvlan", "blue"]) await node.plugin(plugin, "echo '{}'");
});
afterEach(() => node[Symbol.asyncDispose]());

const args = "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1";
const run = (
  cni: string | undefined,
  more: { containerId?: string; config?: object; cluster?: Cluster; ports?: Partial<AddPorts> } = {},
) =>
  add(
    {
      invocation: node.invocation("ADD", { containerId: more.containerId ?? "c1", args }),
      config: node.config({ ...(cni === undefined ? {} : { args: { cni } }), ...more.config }),
    },
    {
      ...node.ports,
      cluster: more.cluster,
      ...more.ports,
      confMaker: { ...node.ports.confMaker, hostRoutes: async () => routes },
    },
  );
const confDir = () => path.join(node.dir, "net.d");
const read = async (file: string) => JSON.parse(await readFile(path.join(confDir(), file), "utf8"));

describe("a plugin's name that no file has", () => {
  test("gets a file with a default, as CNI-Genie's e2e tests E6 and E8 have it", async () => {
    await node.plugin("host-local", "");
    await run("bridge, macvlan, bridge");
    expect(await node.takeVerbs()).toEqual(["ADD bridge", "ADD macvlan", "ADD bridge"]);
    expect((await readdir(confDir())).toSorted()).toEqual(["10-bridge.conf", "10-macvlan.conf"]);
    expect(await read("10-macvlan.conf")).toMatchObject({ type: "macvlan", master: "ens3" });
  });

  test("of two calls at once, one writes it and both use it", async () => {
    await node.plugin("host-local", "");
    const { exec, holding } = openExec(); // each call is a process of its own, and has its own watch over plugins
    const ports = { exec, ledger: openLedger(node.dir, { log: node.ports.log, holding }) };
    await Promise.all([run("bridge"), run("bridge", { containerId: "c2", ports })]);
    expect(await node.takeVerbs()).toEqual(["ADD bridge", "ADD bridge"]);
    expect(await readdir(confDir())).toEqual(["10-bridge.conf"]);
  });

  test.each([
    ["bridge", "genie could make one, but the plugin host-local is not in CNI_PATH"],
    ["sriov", "the link and the addresses are the site's own, so genie makes none: write 10-sriov.conf"],
    ["weave", "networks of this node: none"],
    ["Bridge", "networks of this node: none"],
    ["ridge", "networks of this node: none"],
  ])("is refused where nothing can be made of it: %s", async (cni, details) => {
    await expect(run(cni)).rejects.toMatchObject({ kind: "unknownNetwork", details });
    expect(await readdir(confDir())).toEqual([]);
  });

  test("is refused where its file is there and can't be used, and that stays as it is", async () => {
    await node.plugin("host-local", "");
    await writeFile(path.join(confDir(), "10-bridge.conf"), "{");
    await expect(run("bridge")).rejects.toMatchObject({
      details: expect.stringContaining("10-bridge.conf can't be used: not a JSON object"),
    });
    expect(await readFile(path.join(confDir(), "10-bridge.conf"), "utf8")).toBe("{");
  });

  test("finds the file that somebody wrote", async () => {
    await node.conf("70-bridge.conf", { cniVersion: "1.0.0", name: "own", type: "blue" });
    await run("bridge");
    expect(await node.takeVerbs()).toEqual(["ADD blue"]);
  });
});

describe("no file is written", () => {
  beforeEach(() => node.plugin("host-local", ""));

  test("for a pod that may not use the network, but for the admin's default", async () => {
    const grants = { grants: [{ namespaces: ["*"], networks: ["blue"] }] };
    await expect(run("bridge", { config: { genie: grants } })).rejects.toMatchObject({
      kind: "deniedByRule",
      message: expect.stringContaining("has no grant for network mybridgenet"),
    });
    expect(await readdir(confDir())).toEqual([]);
    await run(undefined, { config: { genie: grants, default_plugin: "bridge" } });
    expect(await readdir(confDir())).toEqual(["10-bridge.conf"]);
  });

  test("for a pod to which the cluster's rules don't give the network", async () => {
    const cluster = makeCluster({
      selectionPolicies: [{ metadata: { name: "few" }, spec: { networks: { names: ["blue"] } } }],
    });
    const config = { kubernetes: {}, genie: { policySource: "cluster" } };
    await expect(run("bridge", { config, cluster })).rejects.toMatchObject({
      kind: "deniedByRule",
      message: expect.stringContaining("the cluster's rules don't give the pod network mybridgenet"),
    });
    expect(await readdir(confDir())).toEqual([]);
  });

  test("that runtimes would take in place of genie's own", async () => {
    const own = { cniVersion: "1.0.0", name: "genie", plugins: [{ type: "genie" }] };
    await node.conf("10-genie.conflist", own);
    await expect(run("bridge")).rejects.toMatchObject({
      kind: "unknownNetwork",
      message: expect.stringContaining("10-bridge.conf would come before genie's own 10-genie.conflist"),
      details: expect.stringContaining("00-genie.conflist"),
    });
    expect(await readdir(confDir())).toEqual(["10-genie.conflist"]);
    await node.conf("05-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "blue" }); // runtimes don't call genie
    await run("bridge");
  });

  test.each(["00-genie.conf", "10-blue.conf"])("but behind %s, one is", async (first) => {
    await node.conf(first, { cniVersion: "1.0.0", name: "first", type: first.slice(3, -5) });
    await run("bridge");
    expect(await readdir(confDir())).toContain("10-bridge.conf");
  });
});

test("nobody gets a network that was made for a pod without asking for it", async () => {
  await node.plugin("host-local", "");
  await run("bridge");
  await expect(run(undefined, { containerId: "c2" })).rejects.toMatchObject({ kind: "tryAgainLater" });
  await node.conf("90-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "blue" });
  await run(undefined, { containerId: "c2" });
  expect((await run("", { containerId: "c3" })).notes.annotations).toEqual({ cni: "blue" });
  expect(await node.takeVerbs()).toEqual(["ADD bridge", "ADD blue", "ADD blue"]);
});

test("a default that is still to be made is ready once its plugins are there", async () => {
  const asked = { invocation: node.invocation("STATUS"), config: node.config({ default_plugin: "bridge" }) };
  await expect(status(asked, node.ports)).rejects.toMatchObject({
    kind: "notReady",
    message: "plugin host-local of default_plugin, element 1 is not in CNI_PATH",
  });
  await node.plugin("host-local", "");
  await status(asked, node.ports);
  expect(await readdir(confDir())).toEqual([]);
  await run(undefined, { config: { default_plugin: "bridge" } });
  expect(await node.takeVerbs()).toEqual(["ADD bridge"]);
});

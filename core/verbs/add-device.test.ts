/** A pod that has a device of the node. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeCluster, makeDefinition } from "../../test/fakes/cluster.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { NETWORKS } from "../intent/npwg/keys.ts";
import { add } from "./add.ts";
import { del } from "./del.ts";

let node: FakeNode;
const cluster = makeCluster();
beforeEach(async () => {
  node = await openFakeNode();
  cluster.definitions.length = 0;
  for (const type of ["main", "blue"]) await node.plugin(type, answering);
  await node.conf("10-main.conf", { cniVersion: "1.0.0", name: "main", type: "main" });
});
afterEach(() => node[Symbol.asyncDispose]());

const answering = `[ $CNI_COMMAND != ADD ] || echo '{"cniVersion":"1.0.0","interfaces":[{"name":"'$CNI_IFNAME'","sandbox":"/run/netns/a"}]}'`;
const failing = "[ $CNI_COMMAND != ADD ] || exit 1";

const run = (networks: string) =>
  add(
    {
      invocation: node.invocation("ADD", { args: "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1" }),
      config: node.config({ args: { cni: { [NETWORKS]: networks } } }),
    },
    { ...node.ports, cluster },
  );
const secondStatus = ({ notes }: Awaited<ReturnType<typeof add>>): object =>
  JSON.parse(notes.annotations["k8s.v1.cni.cncf.io/network-status"] ?? "[]")[1];

/** The kubelet has given the pod these devices. */
function give(ids: readonly string[]): Promise<void> {
  const entry = { PodUID: "u1", ResourceName: "intel.com/vf", DeviceIDs: { "0": ids } };
  const others = { "intel.com/vf": ["0000:03:02.7"] };
  const text = JSON.stringify({ Data: { PodDeviceEntries: [entry], RegisteredDevices: others } });
  return writeFile(path.join(node.dir, "checkpoint"), text);
}

describe("NPWG 21: the devices that the kubelet has given the pod", () => {
  beforeEach(() => {
    const annotations = new Map([["k8s.v1.cni.cncf.io/resourceName", "intel.com/vf"]]);
    const plugins = [{ type: "blue", capabilities: { deviceID: true } }, { type: "blue" }];
    cluster.definitions.push(makeDefinition("vf", { cniVersion: "1.0.0", plugins }, { annotations }));
  });

  test("are those of its networks, under all the names that plugins know", async () => {
    await give(["0000:03:02.2", "0000:03:02.1"]);
    await run("vf,vf");
    const calls = (await node.takeCalls()).filter(({ plugin }) => plugin === "blue");
    const named = (id: string) => ({ deviceID: id, pciBusID: id });
    const [first, second] = [named("0000:03:02.1"), named("0000:03:02.2")];
    expect(calls.map(({ stdin }) => stdin)).toMatchObject([
      { ...first, runtimeConfig: { deviceID: "0000:03:02.1" } },
      first,
      { ...second, runtimeConfig: { deviceID: "0000:03:02.2" } },
      second,
    ]);
  });

  test.each([
    ["another pod's", '[{"name":"vf","deviceID":"0000:03:02.7"}]', "deniedByRule"],
    ["one more than it has", "vf,vf", "invalidConfig"],
  ])("are all that it gets: for %s, nothing is run", async (...[, networks, kind]) => {
    await give(["0000:03:02.1"]);
    await expect(run(networks)).rejects.toMatchObject({ kind });
    expect(await node.takeCalls()).toEqual([]);
  });

  test("are none where the kubelet has noted nothing: a pod of its own may name none", async () => {
    await expect(run('[{"name":"vf","deviceID":"0000:00:1f.6"}]')).rejects.toMatchObject({
      kind: "deniedByRule",
    });
    expect(await node.takeCalls()).toEqual([]);
  });

  test("are unknown where the kubelet's file is damaged: nothing is run, and who is about none is served", async () => {
    await writeFile(path.join(node.dir, "checkpoint"), "{");
    await expect(run("vf")).rejects.toMatchObject({ kind: "ioFailure" });
    expect(await node.takeCalls()).toEqual([]);
    cluster.definitions.push(makeDefinition("plain", { cniVersion: "1.0.0", type: "blue" }));
    await run("plain");
  });
});

describe("NPWG 27: what is known of a device", () => {
  const id = "0000:03:02.1";
  const fileOf = (ifName: string) => path.join(node.dir, "devinfo/cni", `shop-vf-c1_${ifName}`);
  const asked = JSON.stringify([{ name: "vf", deviceID: id }]);
  beforeEach(async () => {
    const annotations = new Map([["k8s.v1.cni.cncf.io/resourceName", "intel.com/vf"]]);
    const capabilities = { CNIDeviceInfoFile: true, deviceID: true };
    cluster.definitions.push(
      makeDefinition("vf", { cniVersion: "1.0.0", type: "blue", capabilities }, { annotations }),
    );
    await give([id]);
    await mkdir(path.join(node.dir, "devinfo/dp"), { recursive: true });
    await mkdir(path.dirname(fileOf("")), { recursive: true });
    await writeFile(
      path.join(node.dir, `devinfo/dp/intel.com-vf-${id}-device.json`),
      '{"type":"pci","version":"1.1.0"}',
    );
    await writeFile(fileOf("net1"), '{"type":"of a crashed pod"}');
  });

  test("is what the device plugin has told, in the status, and gone after DEL", async () => {
    const answer = await run(asked);
    expect(secondStatus(answer)).toMatchObject({ "device-info": { type: "pci", version: "1.1.0" } });
    const { stdin } = (await node.takeCalls())[1] ?? {};
    expect(stdin).toMatchObject({
      deviceID: id,
      runtimeConfig: { deviceID: id, CNIDeviceInfoFile: fileOf("net1") },
    });
    await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
    expect(await node.has("devinfo/cni/shop-vf-c1_net1")).toBe(false);
  });

  test("is what the plugin has told, where it does", async () => {
    await node.plugin(
      "blue",
      `[ $CNI_COMMAND != ADD ] || echo '{"type":"vdpa"}' > "${fileOf("net1")}"\n${answering}`,
    );
    expect(secondStatus(await run(asked))).toMatchObject({ "device-info": { type: "vdpa" } });
  });

  test("is never another pod's", async () => {
    await rm(path.join(node.dir, "checkpoint"));
    const [defined] = cluster.definitions.splice(0);
    const config = { cniVersion: "1.0.0", type: "blue", capabilities: { CNIDeviceInfoFile: true } };
    cluster.definitions.push({
      ...makeDefinition("vf", config),
      annotations: defined?.annotations ?? new Map(),
    });
    expect(secondStatus(await run("vf"))).not.toHaveProperty("device-info");
  });

  test("is left to another attachment, whose file the network's configuration names", async () => {
    const other = path.join(node.dir, "devinfo/cni/shop-vf-c2_net1");
    await writeFile(other, "{}");
    const runtimeConfig = { CNIDeviceInfoFile: other };
    cluster.definitions.push(makeDefinition("thief", { cniVersion: "1.0.0", type: "blue", runtimeConfig }));
    await run("thief");
    await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
    expect(await node.has("devinfo/cni/shop-vf-c2_net1")).toBe(true);
  });

  test("is gone when the attachment fails", async () => {
    await node.plugin("blue", failing);
    await expect(run(asked)).rejects.toThrow();
    expect(await node.has("devinfo/cni/shop-vf-c1_net1")).toBe(false);
  });
});

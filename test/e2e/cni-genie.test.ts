/** What CNI-Genie's documentation and its own end-to-end tests (E1 to E18) show, with addresses, names and annotations. */
import { readdir, readFile, rm } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { readDecisions, withAnnotations } from "./node.ts";
import { listAddresses, makePeopleNode, type PeopleNode } from "./people-node.ts";

const undo = new AsyncDisposableStack();
let people: PeopleNode;
beforeAll(async () => {
  people = await makePeopleNode(undo);
});
afterAll(() => undo.disposeAsync());
beforeEach(() => people.api.script({}));

const NETWORK_BY_PREFIX: Readonly<Record<string, string>> = {
  "192.168": "calico",
  "10.32": "weave",
  "10.244": "flannel",
  "10.11": "bridge",
  "10.20": "macvlan",
};

/** `eth0 weave`, by the address that the interface has. */
function nameNetwork(line: string): string {
  const [ifName, address = ""] = line.split(" ");
  return `${ifName} ${NETWORK_BY_PREFIX[address.split(".", 2).join(".")]}`;
}

/** What was written on the pod. */
function told(): Record<string, string> {
  const patch = people.api.asked.find(({ line }) => line.startsWith("PATCH"));
  return patch === undefined ? {} : JSON.parse(patch.body).metadata.annotations;
}

test.each<[string, object, readonly string[]]>([
  ["E1: calico", { cni: "calico" }, ["eth0 calico"]],
  ["E3: weave", { cni: "weave" }, ["eth0 weave"]],
  ["E4: several", { cni: "flannel,weave" }, ["eth0 flannel", "eth1 weave"]],
  ["E6: bridge, which nobody configured", { cni: "bridge" }, ["eth0 bridge"]],
  ["E7: weave and bridge", { cni: "weave,bridge" }, ["eth0 weave", "eth1 bridge"]],
  ["E8: macvlan, which nobody configured", { cni: "macvlan" }, ["eth0 macvlan"]],
  ["E9: weave and flannel", { cni: "weave,flannel" }, ["eth0 weave", "eth1 flannel"]],
  ["E11: one twice", { cni: "flannel,flannel" }, ["eth0 flannel", "eth1 flannel"]],
  [
    "E12: one twice around another",
    { cni: "flannel,weave,flannel" },
    ["eth0 flannel", "eth1 weave", "eth2 flannel"],
  ],
  ["E14: annotations of others alone", { build: "two" }, ["eth0 weave"]],
  ["E15: no annotation", {}, ["eth0 weave"]],
  [
    "E16: interface names",
    { cni: "flannel,weave@eth4,flannel@eth5, flannel" },
    ["eth0 flannel", "eth1 flannel", "eth4 weave", "eth5 flannel"],
  ],
  ["a generated configuration's interface keeps its name", { cni: "bridge@net7" }, ["net7 bridge"]],
])("%s", async (_, annotations, expected) => {
  await using pod = await addNamespace();
  expect(await people.add(pod, annotations)).toMatchObject({ exitCode: 0 });
  const addresses = await listAddresses(pod);
  expect(addresses.map(nameNetwork).toSorted()).toEqual(expected);

  const multi = told()["multi-ip-preferences"];
  if (expected.length === 1) expect(multi).toBeUndefined();
  else {
    const { multi_entry, ips } = JSON.parse(multi ?? "{}");
    expect(multi_entry).toBe(expected.length);
    const entries = Object.values(ips as Record<string, { ip: string; interface: string }>);
    const bare = addresses.map((line) => line.replace(/\/.*/, ""));
    expect(entries.map((entry) => `${entry.interface} ${entry.ip}`).toSorted()).toEqual(bare.toSorted());
  }
  expect(await people.call("DEL", pod)).toMatchObject({ exitCode: 0 });
  expect(await listLinks(pod)).toEqual([]);
});

test("E13: default_plugin is a list too, and is told as one that the pod asks for", async () => {
  await using pod = await addNamespace();
  await people.add(pod, {}, { default_plugin: "flannel,weave,flannel" });
  expect((await listAddresses(pod)).map(nameNetwork)).toEqual(["eth0 flannel", "eth1 weave", "eth2 flannel"]);
  expect(JSON.parse(told()["multi-ip-preferences"] ?? "")).toMatchObject({ multi_entry: 3 });
  await people.call("DEL", pod);
});

test("the first network is another file's than genie's own, whose name it has, where nothing is set", async () => {
  await using pod = await addNamespace();
  const fields = { ...withAnnotations(null), default_plugin: "" };
  expect(await people.call("ADD", pod, { fields })).toMatchObject({ exitCode: 0 });
  expect((await listAddresses(pod)).map(nameNetwork)).toEqual(["eth0 calico"]);
  await people.call("DEL", pod, { fields });
});

test("a runtime of CNI 0.2.0, as the installer's configuration says, gets the first address", async () => {
  await using pod = await addNamespace();
  const { answer } = await people.add(pod, { cni: "weave,flannel" }, { cniVersion: "0.2.0" });
  expect(answer).toMatchObject({ cniVersion: "0.2.0", ip4: { ip: expect.stringMatching(/^10\.32\./) } });
  await people.call("DEL", pod);
});

test("the generated files stay as they were first written, for two pods at once too", async () => {
  const read = () => readFile(path.join(people.confDir, "10-macvlan.conf"), "utf8");
  const before = await read();
  await using one = await addNamespace();
  await using other = await addNamespace();
  const fields = withAnnotations({ cni: "macvlan,bridge" });
  const added = await Promise.all([one, other].map((pod) => people.call("ADD", pod, { fields })));
  expect(added.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(await read()).toBe(before);
  const left = (await readdir(people.confDir)).filter((name) => name.includes("tmp"));
  expect(left).toEqual([]);
  for (const pod of [one, other]) await people.call("DEL", pod, { fields });
});

test("a generated file that was removed is written again as it was, for the bridge that is still there", async () => {
  const file = path.join(people.confDir, "10-bridge.conf");
  const fields = withAnnotations({ cni: "bridge" });
  const texts: string[] = [];
  for (const _ of ["once", "again"]) {
    await using pod = await addNamespace();
    expect(await people.call("ADD", pod, { fields })).toMatchObject({ exitCode: 0 });
    texts.push(await readFile(file, "utf8"));
    await people.call("DEL", pod, { fields });
    await rm(file);
  }
  expect(texts[1]).toBe(texts[0]);
});

describe("logical networks", () => {
  const object = (spec: object) => ({ body: { metadata: {}, spec } });
  const paths = () => people.api.asked.map(({ line }) => line.replace(/.*\/namespaces\/default/, ""));

  test("E18: networks with a blank cni, as the pods of the samples have it", async () => {
    await using pod = await addNamespace();
    const net1 = object({ plugin: "weave", sub_subnet: "10.32.20.0/24" });
    const pods = { body: { metadata: { uid: "u-1", annotations: { cni: "", networks: "net1" } } } };
    people.api.answers = [pods, net1, {}];
    expect(await people.call("ADD", pod)).toMatchObject({ exitCode: 0 });
    expect(paths().slice(0, 2)).toEqual(["/pods/web-1", "/logicalnetworks/net1"]);
    expect(await listAddresses(pod)).toEqual([expect.stringMatching(/^eth0 10\.32\.20\.\d+\/24$/)]);
    const { stdout } = await runIn(pod, ["ping", "-c1", "-W5", "10.32.20.1"]);
    expect(stdout).toContain("1 received");
    expect(told()).not.toHaveProperty("cni");
    await people.call("DEL", pod);
  });

  test("several, of a dedicated and of a shared physical network, beside pods of the whole network", async () => {
    await using whole = await addNamespace();
    await using pod = await addNamespace();
    await people.add(whole, { cni: "weave" });
    people.api.answers = [
      { body: { metadata: { uid: "u-1", annotations: { networks: "net1@eth4,net2,net1" } } } },
      object({ physicalNet: "phynet1", sub_subnet: "10.32.7.0/24", plugin: "flannel" }),
      object({
        refer_nic: "eth0",
        sharedStatus: { dedicatedNet: true, plugin: "weave", subnet: "10.32.0.0/16" },
      }),
      object({ physicalNet: "phynet2", plugin: "flannel", sub_subnet: "10.244.9.0/24" }),
      object({ refer_nic: "eth1", sharedStatus: { dedicatedNet: false } }),
      object({ plugin: "weave", sub_subnet: "10.32.7.0/24" }),
      {},
    ];
    expect(await people.call("ADD", pod)).toMatchObject({ exitCode: 0 });
    expect((await listAddresses(pod)).toSorted()).toEqual([
      expect.stringMatching(/^eth0 10\.244\.9\.\d+\/24$/),
      expect.stringMatching(/^eth1 10\.32\.7\.\d+\/24$/),
      expect.stringMatching(/^eth4 10\.32\.7\.\d+\/24$/),
    ]);
    for (const one of [pod, whole]) expect(await people.call("DEL", one)).toMatchObject({ exitCode: 0 });
    expect(await listLinks(pod)).toEqual([]);
  });

  test("one that isn't there fails the pod before any plugin runs", async () => {
    await using pod = await addNamespace();
    const pods = { body: { metadata: { uid: "u-1", annotations: { networks: "net1,net2" } } } };
    people.api.answers = [pods, object({ plugin: "weave" }), { status: 404, body: { kind: "Status" } }];
    expect(await people.call("ADD", pod)).toMatchObject({
      exitCode: 1,
      answer: { code: 103, msg: 'annotation "networks", element 2: there is no LogicalNetwork default/net2' },
    });
    expect(await listLinks(pod)).toEqual([]);
  });
});

/** A server on the node's loopback, at the port at which the kubelet had its cAdvisor. */
async function startInNode(node: NetworkNamespace, answer: string): Promise<AsyncDisposable> {
  const script = `require("node:http").createServer((_, response) => response.end(process.env.ANSWER))
    .listen(4194, "127.0.0.1", () => console.log("listening"))`;
  const enter = [`--net=${node.path}`, "--", process.execPath, "-e", script];
  const server = execa("nsenter", enter, { env: { ANSWER: answer }, reject: false, timeout: 60_000 });
  await once(server.stdout, "data");
  return {
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await server;
    },
  };
}

test("E5: a blank annotation gets the network that cAdvisor finds least busy, and the pod is told", async () => {
  const look = (second: number, busy: Readonly<Record<string, number>>) => ({
    timestamp: new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString(),
    network: {
      interfaces: Object.entries(busy).map(([name, rx_bytes]) => ({ name, rx_bytes, tx_bytes: 0 })),
    },
  });
  const stats = [
    look(0, { cali1: 0, flannel0: 0, weave: 0 }),
    look(1, { cali1: 9e6, flannel0: 10, weave: 5e6 }),
  ];
  await using _cadvisor = await startInNode(people.node.namespace, JSON.stringify({ stats }));
  await using pod = await addNamespace();
  await people.add(pod, { cni: " " }, { cAdvisor_address: "http://127.0.0.1:4194" });
  expect((await listAddresses(pod)).map(nameNetwork)).toEqual(["eth0 flannel"]);
  expect(told()).toEqual({ cni: "cbr0" });
  expect((await readDecisions(people.node)).at(-1)).toMatchObject({
    decidedBy: "fallback",
    ranking: [{ network: "cbr0", reason: "received 0.00008 Mbit/s" }, {}, {}],
  });
  await people.call("DEL", pod);
});

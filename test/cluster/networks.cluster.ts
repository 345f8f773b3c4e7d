/** The objects of a cluster that describe networks, as the built plugin serves them to pods. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addNamespace, listLinks, type NetworkNamespace } from "../setup/namespace.ts";
import { type ClusterNode, SHOP, startClusterNode } from "./cluster-node.ts";
import { createNamespace, mustCall, toPodPath } from "./pods.ts";

const NETWORKS = "k8s.v1.cni.cncf.io/networks";
const STATUS = "k8s.v1.cni.cncf.io/network-status";

const FOLDERS = {
  NetworkAttachmentDefinition: ["k8s.cni.cncf.io/v1", "network-attachment-definitions"],
  LogicalNetwork: ["alpha.network.k8s.io/v1", "logicalnetworks"],
  PhysicalNetwork: ["alpha.network.k8s.io/v1", "physicalnetworks"],
} as const;

interface Described {
  readonly kind: keyof typeof FOLDERS;
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

/** The spec of a bridge with addresses of this subnet. */
const bridge = (name: string, subnet: string) => {
  const ipam = { type: "host-local", dataDir: shop.node.dataDir, subnet };
  return { config: JSON.stringify({ cniVersion: "1.0.0", type: "bridge", bridge: name, ipam }) };
};

let shop: ClusterNode;
beforeAll(async () => {
  shop = await startClusterNode();
  await createNamespace(shop.cluster, "infra");
});
afterAll(() => shop[Symbol.asyncDispose]());

/** Makes the objects. @returns what deletes them. */
async function describeNetworks(objects: readonly Described[]): Promise<() => Promise<void>> {
  const places: string[] = [];
  for (const { kind, name, namespace = SHOP, labels, spec } of objects) {
    const [apiVersion, plural] = FOLDERS[kind];
    const folder = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
    const body = { apiVersion, kind, metadata: { name, labels }, spec };
    await mustCall(shop.cluster, { method: "POST", path: folder, body });
    places.push(`${folder}/${name}`);
  }
  return async () => {
    for (const place of places) await mustCall(shop.cluster, { method: "DELETE", path: place });
  };
}

/** The pod is gone from the API server at once. */
const deletePod = (name: string) =>
  mustCall(shop.cluster, {
    method: "DELETE",
    path: `${toPodPath({ namespace: SHOP, name })}?gracePeriodSeconds=0`,
  });

const readStatus = async (name: string): Promise<unknown> =>
  JSON.parse((await shop.readAnnotations(name))?.[STATUS] ?? "");

/** No link, no address that is in use, no ledger entry. */
async function expectNothingLeft(pod: NetworkNamespace): Promise<void> {
  expect(await listLinks(pod)).toEqual([]);
  const files = await readdir(shop.node.dataDir, { recursive: true });
  expect(files.filter((file) => /^[\d.]+$/.test(path.basename(file)))).toEqual([]);
  expect(await readdir(path.join(shop.node.stateDir, "ledger"))).toEqual([]);
}

test("a pod gets the definitions that it names, is told so, and leaves nothing when all objects are gone", async () => {
  const deleteNetworks = await describeNetworks([
    { kind: "NetworkAttachmentDefinition", name: "storage", spec: bridge("storage0", "10.61.0.0/24") },
    { kind: "NetworkAttachmentDefinition", name: "red" },
    {
      kind: "NetworkAttachmentDefinition",
      namespace: "infra",
      name: "backbone",
      spec: bridge("backbone0", "10.62.0.0/24"),
    },
    ...["a", "b"].map((letter, at) => ({
      kind: "NetworkAttachmentDefinition" as const,
      name: `fast-${letter}`,
      labels: { speed: "fast" },
      spec: bridge(`fast-${letter}0`, `10.63.${at}.0/24`),
    })),
  ]);
  await using pod = await addNamespace();
  const networks = [
    { name: "storage", interface: "disk0" },
    { name: "red" },
    { name: "backbone", namespace: "infra" },
    { name: "genie:any", "io.github.cni-genie.selector": "speed=fast" },
  ];
  const uid = await shop.create("several", { [NETWORKS]: JSON.stringify(networks) });
  expect(await shop.call("ADD", pod, { name: "several", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await listLinks(pod)).toEqual(expect.arrayContaining(["eth0", "disk0", "net2", "net3", "net4"]));
  const inside = (start: string) => [expect.stringContaining(start)];
  expect(await readStatus("several")).toMatchObject([
    { name: "blue", interface: "eth0", ips: inside("10.10.1."), default: true },
    { name: "shop/storage", interface: "disk0", ips: inside("10.61.0."), default: false },
    { name: "shop/red", interface: "net2", ips: inside("10.10.3."), default: false },
    { name: "infra/backbone", interface: "net3", ips: inside("10.62.0."), default: false },
    { name: "shop/fast-a", interface: "net4", ips: inside("10.63.0."), default: false },
  ]);
  expect(await shop.listEvents(uid)).toMatchObject([
    { reason: "NetworkChosen", message: "Genie chose fast-a over fast-b: first-fit" },
  ]);

  await deleteNetworks();
  await deletePod("several");
  const calls = shop.relay.calls();
  expect(await shop.call("CHECK", pod, { name: "several", uid })).toMatchObject({ exitCode: 0 });
  expect(await shop.call("DEL", pod, { name: "several", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(shop.relay.calls()).toBe(calls);
  await expectNothingLeft(pod);
});

test("a pod gets the logical networks that it names, and leaves nothing when all objects are gone", async () => {
  const deleteNetworks = await describeNetworks([
    { kind: "PhysicalNetwork", name: "trunk", spec: { refer_nic: "red0", sharedStatus: { plugin: "red" } } },
    {
      kind: "PhysicalNetwork",
      name: "own",
      spec: {
        refer_nic: "eth9",
        sharedStatus: { dedicatedNet: true, plugin: "green", subnet: "10.10.2.128/25" },
      },
    },
    {
      kind: "LogicalNetwork",
      name: "tenant",
      spec: { physicalNet: "trunk", plugin: "red", sub_subnet: "10.10.3.64/26" },
    },
    { kind: "LogicalNetwork", name: "reserved", spec: { physicalNet: "own" } },
    { kind: "LogicalNetwork", name: "plain", spec: { plugin: "blue", sub_subnet: "10.10.1.128/25" } },
  ]);
  await using pod = await addNamespace();
  const uid = await shop.create("logical", { networks: "tenant,reserved,plain" });
  expect(await shop.call("ADD", pod, { name: "logical", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await listLinks(pod)).toEqual(expect.arrayContaining(["eth0", "eth1", "eth2"]));
  const { "multi-ip-preferences": told = "" } = (await shop.readAnnotations("logical")) ?? {};
  expect(JSON.parse(told)).toMatchObject({
    multi_entry: 3,
    ips: {
      ip1: { ip: "10.10.3.65", interface: "eth0" },
      ip2: { ip: "10.10.2.130", interface: "eth1" },
      ip3: { ip: "10.10.1.130", interface: "eth2" },
    },
  });

  await deleteNetworks();
  await deletePod("logical");
  expect(await shop.call("DEL", pod, { name: "logical", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  await expectNothingLeft(pod);
});

test("NPWG 28: of a pod's annotations, genie writes its own at ADD, and leaves what others write of the status", async () => {
  const deleteNetworks = await describeNetworks([
    { kind: "NetworkAttachmentDefinition", name: "told", spec: bridge("told0", "10.64.0.0/24") },
  ]);
  await using pod = await addNamespace();
  const theirs = { "team.example/note": '{"a": 1}', [NETWORKS]: "told" };
  const uid = await shop.create("told", { ...theirs, [STATUS]: "of an earlier sandbox" });
  expect(await shop.call("ADD", pod, { name: "told", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await shop.readAnnotations("told")).toEqual({ ...theirs, [STATUS]: expect.any(String) });
  const [first, second] = (await readStatus("told")) as [object, object];
  const changed = { ...theirs, [STATUS]: JSON.stringify([first, { ...second, "team.example.rate": "10G" }]) };
  await mustCall(shop.cluster, {
    method: "PATCH",
    path: toPodPath({ namespace: SHOP, name: "told" }),
    contentType: "application/merge-patch+json",
    body: { metadata: { annotations: changed } },
  });
  for (const verb of ["CHECK", "DEL"] as const) {
    expect(await shop.call(verb, pod, { name: "told", uid })).toMatchObject({ exitCode: 0 });
    expect(await shop.readAnnotations("told")).toEqual(changed);
  }
  await deleteNetworks();
});

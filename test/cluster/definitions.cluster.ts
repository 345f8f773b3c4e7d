/** The definitions of `cni/deploy/crd`: what the API server takes, refuses and shows. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ApiAnswer } from "./api-call.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy } from "./manifests.ts";
import { createNamespace, messageOf, mustCall } from "./pods.ts";

let cluster: ClusterServer;
beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  await createNamespace(cluster, "team-a");
  const kept = undo.move();
  return () => kept.disposeAsync();
});

const FOLDERS = {
  NetworkAttachmentDefinition: "k8s.cni.cncf.io/v1/namespaces/team-a/network-attachment-definitions",
  LogicalNetwork: "alpha.network.k8s.io/v1/namespaces/team-a/logicalnetworks",
  PhysicalNetwork: "alpha.network.k8s.io/v1/namespaces/team-a/physicalnetworks",
} as const;
type Kind = keyof typeof FOLDERS;

/** Asks whether the API server takes the object; nothing is kept. As strict as `kubectl apply`. */
function create(kind: Kind, spec: unknown): Promise<ApiAnswer> {
  const apiVersion = FOLDERS[kind].split("/").slice(0, 2).join("/");
  return cluster.call({
    method: "POST",
    path: `/apis/${FOLDERS[kind]}?dryRun=All&fieldValidation=Strict`,
    body: { apiVersion, kind, metadata: { name: "x" }, ...(spec !== undefined && { spec }) },
  });
}

describe("taken", () => {
  test.each<[Kind, string, unknown]>([
    ["NetworkAttachmentDefinition", "a configuration", { config: '{"type":"bridge"}' }],
    ["NetworkAttachmentDefinition", "an empty spec", {}],
    ["NetworkAttachmentDefinition", "no spec", undefined],
    [
      "LogicalNetwork",
      "CNI-Genie's dedicated example",
      { physicalNet: "phynet1", sub_subnet: "10.32.0.0/24" },
    ],
    ["LogicalNetwork", "CNI-Genie's plain example", { plugin: "weave", sub_subnet: "10.32.20.0/24" }],
    ["LogicalNetwork", "an address of the subnet", { plugin: "weave", sub_subnet: "10.32.20.7/24" }],
    ["LogicalNetwork", "IPv6", { plugin: "weave", sub_subnet: "fd00::/64" }],
    ["LogicalNetwork", "empty texts", { physicalNet: "", sub_subnet: "", plugin: "" }],
    ["LogicalNetwork", "a key that nobody knows", { plugin: "weave", tenant: "a" }],
    ["LogicalNetwork", "no spec", undefined],
    [
      "PhysicalNetwork",
      "CNI-Genie's shared example, misspelt as it is",
      { refer_nic: "eth1", sharedStaus: { dedicatedNet: false } },
    ],
    [
      "PhysicalNetwork",
      "a dedicated one",
      { refer_nic: "eth0", sharedStatus: { dedicatedNet: true, plugin: "weave", subnet: "10.32.0.0/16" } },
    ],
    ["PhysicalNetwork", "a shared one without a plugin", { sharedStatus: { dedicatedNet: false } }],
  ])("%s: %s", async (kind, _, spec) => {
    const answer = await create(kind, spec);
    expect(answer.status, messageOf(answer)).toBe(201);
  });
});

describe("refused", () => {
  test.each<[Kind, unknown, string]>([
    ["NetworkAttachmentDefinition", { config: {} }, "spec.config"],
    ["LogicalNetwork", { sub_subnet: "10.32.0.0" }, "must be a subnet"],
    ["LogicalNetwork", { sub_subnet: "10.32.0.0/33" }, "must be a subnet"],
    ["LogicalNetwork", { plugin: 5 }, "spec.plugin"],
    ["PhysicalNetwork", { sharedStatus: { subnet: "x" } }, "must be a subnet"],
    ["PhysicalNetwork", { sharedStatus: { dedicatedNet: true } }, "must name its plugin"],
    ["PhysicalNetwork", { sharedStatus: { dedicatedNet: true, plugin: "" } }, "must name its plugin"],
  ])("%s: %j", async (kind, spec, words) => {
    const answer = await create(kind, spec);
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain(words);
  });
});

describe("kubectl shows", () => {
  test.each<[Kind, readonly string[], string]>([
    ["LogicalNetwork", ["Name", "Physical", "Subnet", "Plugin", "Age"], "lnet"],
    ["PhysicalNetwork", ["Name", "NIC", "Plugin", "Subnet", "Dedicated", "Age"], "pnet"],
  ])("%s", async (kind, columns, shortName) => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const table = await mustCall(cluster, { path: `/apis/${FOLDERS[kind]}`, accept });
    const { columnDefinitions } = table as { columnDefinitions: { name: string }[] };
    expect(columnDefinitions.map(({ name }) => name)).toEqual(columns);
    const group = FOLDERS[kind].split("/").slice(0, 2).join("/");
    const { resources } = (await mustCall(cluster, { path: `/apis/${group}` })) as { resources: object[] };
    expect(resources).toContainEqual(expect.objectContaining({ kind, shortNames: [shortName] }));
  });
});

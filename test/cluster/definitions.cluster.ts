/** The definitions of `cni/deploy/crd`: what the API server takes, refuses and shows. */
import { beforeAll, describe, expect, test } from "vitest";
import { policySpec } from "../../core/selection-policy/policy.ts";
import type { ApiAnswer } from "./api-call.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy, waitUntil } from "./manifests.ts";
import { createNamespace, messageOf, mustCall } from "./pods.ts";

const MODULE = `registry.example/genie/near@sha256:${"a".repeat(64)}`;

let cluster: ClusterServer;
beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  await createNamespace(cluster, "team-a");
  const bad = { selection: { selector: [{ module: MODULE, mode: 5 }] } };
  await waitUntil(
    "the policy is in force",
    async () => (await create("SelectionPolicy", bad)).status !== 201,
  );
  const kept = undo.move();
  return () => kept.disposeAsync();
});

const FOLDERS = {
  NetworkAttachmentDefinition: "k8s.cni.cncf.io/v1/namespaces/team-a/network-attachment-definitions",
  LogicalNetwork: "alpha.network.k8s.io/v1/namespaces/team-a/logicalnetworks",
  PhysicalNetwork: "alpha.network.k8s.io/v1/namespaces/team-a/physicalnetworks",
  SelectionPolicy: "cni-genie.github.io/v1alpha1/selectionpolicies",
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
    ["SelectionPolicy", undefined, "spec: Required value"],
  ])("%s: %j", async (kind, spec, words) => {
    const answer = await create(kind, spec);
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain(words);
  });
});

describe("a SelectionPolicy is taken by the API server if nodes can read it, and only then", () => {
  const scorer = (more: object = {}) => ({ selection: { scorers: [{ module: MODULE, ...more }] } });
  const selectors = (...modes: unknown[]) => ({
    selection: { selector: modes.map((mode) => ({ module: MODULE, ...(mode !== undefined && { mode }) })) },
  });
  const expression = (operator: string, values?: string[]) => ({
    pods: { selector: { matchExpressions: [{ key: "app", operator, ...(values && { values }) }] } },
  });
  test.each<[string, object, boolean]>([
    ["nothing", {}, true],
    [
      "all that there is",
      {
        priority: 5,
        pods: { namespaces: ["team-*"], namespaceSelector: { matchLabels: { a: "b" } }, selector: {} },
        networks: { names: ["blue", "infra/tenant-*"], selector: { matchLabels: { zone: "a" } } },
        selection: {
          scorers: [
            {
              module: MODULE,
              weight: 2,
              mode: { canary: 5 },
              settings: { a: [1, { b: null }] },
              labels: ["app"],
            },
          ],
          selector: [{ module: MODULE, onFailure: "fail" }],
          fallback: "default",
          deadlineMs: 20,
          limits: { heapMiB: 64 },
          circuit: { failures: 5 },
        },
        grants: [{ networks: ["blue"], may: ["ips", "mac", "portMappings"] }],
        override: true,
      },
      true,
    ],
    ["a misspelt key", { priorty: 1 }, false],
    ["a priority that is no number", { priority: "high" }, false],
    ["a priority too high", { priority: 1_000_001 }, false],
    ["no namespace", { pods: { namespaces: [] } }, false],
    ["a name with a blank", { networks: { names: ["a b"] } }, false],
    ["a name in no namespace", { networks: { names: ["/blue"] } }, false],
    ["a name of three parts", { grants: [{ networks: ["a/b/c"] }] }, false],
    ["an unknown grant", { grants: [{ networks: ["*"], may: ["root"] }] }, false],
    ["a grant of no network", { grants: [{ networks: [] }] }, false],
    ["In with values", expression("In", ["web"]), true],
    ["In without values", expression("In"), false],
    ["Exists", expression("Exists"), true],
    ["Exists with values", expression("Exists", ["web"]), false],
    ["an operator that there isn't", expression("Gt", ["1"]), false],
    ["a module by digest", scorer(), true],
    ["a module by tag", scorer({ module: "registry.example/genie/near:1" }), false],
    ["a module by a short digest", scorer({ module: "r/a@sha256:abc" }), false],
    ["no module", { selection: { scorers: [{}] } }, false],
    ["a weight of nothing", scorer({ weight: 0 }), false],
    ["a misspelt key of the selection", { selection: { scorer: [] } }, false],
    ["a deadline too long", { selection: { deadlineMs: 10_001 } }, false],
    ["a label's key", scorer({ labels: ["team.example/app"] }), true],
    ["no label's key", scorer({ labels: ["a b"] }), false],
    [
      "an annotation that holds a whole object",
      scorer({ annotations: ["kubectl.kubernetes.io/last-applied-configuration"] }),
      false,
    ],
    ["one selector that decides, one beside it", selectors(undefined, "shadow"), true],
    ["two selectors that decide", selectors("enforce", undefined), false],
    ["canary", scorer({ mode: { canary: 0.5 } }), true],
    ["a canary of too much", scorer({ mode: { canary: 101 } }), false],
    ["a canary of less than nothing", scorer({ mode: { canary: -1 } }), false],
    ["a canary in words", scorer({ mode: { canary: "5" } }), false],
    ["a canary with more", scorer({ mode: { canary: 5, x: 1 } }), false],
    ["a mode that there isn't", scorer({ mode: "on" }), false],
    ["a mode that is a number", scorer({ mode: 5 }), false],
    ["a mode that is a list", scorer({ mode: ["enforce"] }), false],
    ["a mode that is a truth", scorer({ mode: true }), false],
  ])("%s", async (_, spec, expected) => {
    expect(policySpec.safeParse(spec).success).toBe(expected);
    const answer = await create("SelectionPolicy", spec);
    expect(answer.status < 300, messageOf(answer)).toBe(expected);
  });

  test("one that is kept is read as it was written, with the digests of each node beside it", async () => {
    const path = `/apis/${FOLDERS.SelectionPolicy}`;
    const head = {
      apiVersion: "cni-genie.github.io/v1alpha1",
      kind: "SelectionPolicy",
      metadata: { name: "near" },
    };
    const spec = {
      priority: 5,
      selection: { scorers: [{ module: MODULE, settings: { deep: { a: [1] } } }] },
    };
    await mustCall(cluster, { method: "POST", path, body: { ...head, spec } });
    const nodes = [{ node: "n1", digests: [`sha256:${"a".repeat(64)}`], since: "2026-01-01T00:00:00Z" }];
    await mustCall(cluster, {
      method: "PATCH",
      path: `${path}/near/status`,
      body: { status: { nodes } },
      contentType: "application/merge-patch+json",
    });
    expect(await mustCall(cluster, { path: `${path}/near` })).toMatchObject({ spec, status: { nodes } });
  });
});

test("NPWG 1: a NetworkAttachmentDefinition is of the kind, under the names, that the specification has", async () => {
  const { resources } = (await mustCall(cluster, { path: "/apis/k8s.cni.cncf.io/v1" })) as {
    resources: object[];
  };
  expect(resources).toEqual([
    expect.objectContaining({
      kind: "NetworkAttachmentDefinition",
      name: "network-attachment-definitions",
      singularName: "network-attachment-definition",
      shortNames: ["net-attach-def"],
      namespaced: true,
    }),
  ]);
  const file = "customresourcedefinitions/network-attachment-definitions.k8s.cni.cncf.io";
  expect(await mustCall(cluster, { path: `/apis/apiextensions.k8s.io/v1/${file}` })).toMatchObject({
    spec: {
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          schema: {
            openAPIV3Schema: {
              properties: { spec: { type: "object", properties: { config: { type: "string" } } } },
            },
          },
        },
      ],
    },
  });
});

describe("kubectl shows", () => {
  test.each<[Kind, readonly string[], string]>([
    ["LogicalNetwork", ["Name", "Physical", "Subnet", "Plugin", "Age"], "lnet"],
    ["PhysicalNetwork", ["Name", "NIC", "Plugin", "Subnet", "Dedicated", "Age"], "pnet"],
    [
      "SelectionPolicy",
      ["Name", "Priority", "Namespaces", "Networks", "Override", "Scorers", "Selectors", "Age"],
      "selpol",
    ],
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

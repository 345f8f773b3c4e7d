import { describe, expect, test } from "vitest";
import { makeCluster, makePodObject } from "../../test/fakes/cluster.ts";
import { parseConfig } from "../config.ts";
import { Failure } from "../errors.ts";
import { readRules } from "./rules.ts";

const MODULE = `r/a@sha256:${"a".repeat(64)}`;
const POD = { namespace: "shop", name: "web", uid: "u1" };
const { signal } = new AbortController();
const policy = (name: string, spec: object) => ({ metadata: { name }, spec });
const parse = (genie: object) =>
  parseConfig(JSON.stringify({ name: "genie", type: "genie", kubernetes: {}, genie }));
const CLUSTER = parse({ policySource: "cluster" });

test("a node that goes by its file asks nobody", async () => {
  const cluster = makeCluster({ selectionPolicies: [policy("p", { override: true })] });
  const config = parse({ selection: { scorers: [{ module: MODULE }] } });
  expect(await readRules({ pod: POD, config, labels: undefined }, { cluster, signal })).toMatchObject({
    selection: config.genie.selection,
    override: false,
    policies: [],
  });
  expect(cluster.takeCalls()).toEqual([]);
});

test.each([
  ["kube-system", "pods that keep the cluster alive"],
  ["", "a container that is no pod"],
])("nobody is asked about namespace %j: %s", async (namespace) => {
  const cluster = makeCluster();
  await readRules({ pod: { ...POD, namespace }, config: CLUSTER, labels: undefined }, { cluster, signal });
  expect(cluster.takeCalls()).toEqual([]);
});

describe("only what policies go by is asked for", () => {
  const byLabel = policy("label", { pods: { selector: { matchLabels: { app: "web" } } } });
  const byNamespace = policy("space", { pods: { namespaceSelector: { matchLabels: { tenant: "a" } } } });
  const labels = new Map([["app", "web"]]);
  test.each([
    { of: [policy("all", {})], asked: [], about: ["all"] },
    { of: [byLabel], asked: ["findPod shop/web"], about: ["label"] },
    { of: [byLabel], known: labels, asked: [], about: ["label"] },
    { of: [byLabel], known: new Map(), asked: [], about: [] },
    { of: [byNamespace], asked: ["findNamespaceLabels shop"], about: ["space"] },
    {
      of: [byLabel, byNamespace],
      asked: ["findPod shop/web", "findNamespaceLabels shop"],
      about: ["label", "space"],
    },
  ])("$about: $asked", async ({ of, known, asked, about }) => {
    const cluster = makeCluster({
      selectionPolicies: of,
      pods: [makePodObject({ labels })],
      labelsByNamespace: new Map([["shop", new Map([["tenant", "a"]])]]),
    });
    const rules = await readRules({ pod: POD, config: CLUSTER, labels: known }, { cluster, signal });
    expect(cluster.takeCalls()).toEqual(["listSelectionPolicies all", ...asked]);
    expect(rules.policies).toEqual(about);
    expect(rules.labels).toEqual(known ?? (asked.includes("findPod shop/web") ? labels : undefined));
  });
});

describe("whose rules can't be known is refused", () => {
  const selector = { matchLabels: { a: "b" } };
  test.each<[string, unknown[], object]>([
    ["a policy that can't be read", [policy("p", { priorty: 1 })], { kind: "invalidConfig" }],
    [
      "no such namespace",
      [policy("p", { pods: { namespaceSelector: selector } })],
      { kind: "tryAgainLater" },
    ],
    ["no such pod", [policy("p", { pods: { selector } })], { kind: "tryAgainLater" }],
  ])("%s", async (_, selectionPolicies, failure) => {
    const cluster = makeCluster({ selectionPolicies });
    await expect(
      readRules({ pod: POD, config: CLUSTER, labels: undefined }, { cluster, signal }),
    ).rejects.toMatchObject(failure);
  });

  test("an API server that doesn't answer", async () => {
    const cluster = makeCluster();
    const down = new Failure("tryAgainLater", "down");
    cluster.fail(["listSelectionPolicies"], down);
    await expect(
      readRules({ pod: POD, config: CLUSTER, labels: undefined }, { cluster, signal }),
    ).rejects.toBe(down);
  });

  test("no word of where the API server is", async () => {
    const asked = readRules({ pod: POD, config: CLUSTER, labels: undefined }, { cluster: undefined, signal });
    await expect(asked).rejects.toMatchObject({
      kind: "invalidConfig",
      message: 'genie.policySource: "cluster" takes the block "kubernetes"',
    });
  });
});

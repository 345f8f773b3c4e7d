/** The built plugin on a node whose cluster has SelectionPolicies. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { GENIE, makeNode, readDecisions, type TestNode, withAnnotations } from "../e2e/node.ts";
import { addNamespace } from "../setup/namespace.ts";
import { runPlugin } from "../setup/plugin.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy } from "./manifests.ts";
import { createNamespace, createPod, issueToken, mustCall } from "./pods.ts";

const POLICIES = "/apis/cni-genie.github.io/v1alpha1/selectionpolicies";
const POD = { namespace: "team-a", name: "web", node: "n1" };
const DAEMON = { namespace: "kube-system", name: "genie-n1", node: "n1", serviceAccount: "genie" };
/** Of the whole call; what it may wait for the API server is less. */
const ANSWER_MS = 20_000;

let cluster: ClusterServer;
let node: TestNode;
let kubeconfig: string;
beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  node = undo.use(await makeNode());
  await deploy(cluster);
  await createNamespace(cluster, POD.namespace);
  await createPod(cluster, { ...POD, labels: { app: "web" } });
  await createPod(cluster, DAEMON);
  const account = { namespace: DAEMON.namespace, serviceAccount: "genie" };
  const token = await issueToken(cluster, { ...account, bound: { kind: "Pod", name: DAEMON.name } });
  kubeconfig = path.join(node.stateDir, "../kubeconfig");
  await writeFile(kubeconfig, cluster.toKubeconfig(token), { mode: 0o600 });
  const kept = undo.move();
  return () => kept.disposeAsync();
});
afterEach(() => mustCall(cluster, { method: "DELETE", path: POLICIES }));

async function createPolicy(name: string, spec: object): Promise<void> {
  const head = { apiVersion: "cni-genie.github.io/v1alpha1", kind: "SelectionPolicy", metadata: { name } };
  await mustCall(cluster, { method: "POST", path: POLICIES, body: { ...head, spec } });
}

async function createDefinition(
  { namespace, ...metadata }: { namespace: string; name: string; labels: object },
  config: object,
): Promise<void> {
  const path = `/apis/k8s.cni.cncf.io/v1/namespaces/${namespace}/network-attachment-definitions`;
  const head = { apiVersion: "k8s.cni.cncf.io/v1", kind: "NetworkAttachmentDefinition" };
  const body = { ...head, metadata, spec: { config: JSON.stringify(config) } };
  await mustCall(cluster, { method: "POST", path, body });
}

interface Asking {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly genie?: object;
}

/** A pod comes and goes; answers what the runtime was told, and the decision that was recorded for it. */
async function attach({ annotations = {}, namespace = POD.namespace, genie }: Asking = {}) {
  await using pod = await addNamespace();
  const fields = { kubernetes: { kubeconfig }, ...withAnnotations(annotations) };
  const call = {
    program: GENIE,
    stdin: node.config({ policySource: "cluster", ...genie }, fields),
    cniPath: node.cniPath,
    containerId: pod.name,
    netns: pod.path,
    ifName: "eth0",
    args: `IgnoreUnknown=true;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=web`,
  };
  const startedMs = performance.now();
  const { stdout, stderr } = await runPlugin({ ...call, verb: "ADD" });
  const tookMs = performance.now() - startedMs;
  const removed = await runPlugin({ ...call, verb: "DEL" });
  expect(removed.exitCode, `${stdout}${stderr}${removed.stdout}`).toBe(0);
  const decisions = await readDecisions(node);
  const decision = decisions.findLast(({ containerId }) => containerId === pod.name);
  const ranking = (decision?.["ranking"] ?? []) as { network: string }[];
  const answer = JSON.parse(stdout) as { code?: number; msg?: string };
  return { answer, stderr, tookMs, decision, network: ranking[0]?.network };
}

test("without a policy, the node's configuration rules", async () => {
  expect(await attach()).toMatchObject({ network: "blue" });
});

test("genie chooses among the networks of the policy that is about the pod, and gives no other", async () => {
  const about = { pods: { namespaces: ["team-*"], selector: { matchLabels: { app: "web" } } } };
  await createPolicy("web", { ...about, networks: { names: ["green"] } });
  expect(await attach({ annotations: { cni: "" } })).toMatchObject({ network: "green" });
  expect(await attach({ annotations: { cni: "green" } })).toMatchObject({ network: "green" });
  expect((await attach({ annotations: { cni: "blue" } })).answer).toMatchObject({
    code: 102,
    msg: "annotation \"cni\", element 1: the cluster's rules don't give the pod network blue",
  });
  expect(await attach({ annotations: { cni: "blue" }, genie: { policySource: "file" } })).toMatchObject({
    network: "blue",
  });
});

test("a policy of other namespaces changes nothing", async () => {
  await createPolicy("others", { pods: { namespaces: ["other"] }, networks: { names: ["green"] } });
  await createPolicy("tenants", {
    pods: { namespaceSelector: { matchLabels: { tenant: "a" } } },
    networks: { names: ["green"] },
  });
  expect(await attach()).toMatchObject({ network: "blue" });
  const contentType = "application/merge-patch+json";
  const body = { metadata: { labels: { tenant: "a" } } };
  await mustCall(cluster, { method: "PATCH", path: "/api/v1/namespaces/team-a", body, contentType });
  expect(await attach()).toMatchObject({ network: "green" });
});

test("where the pod's words count for nothing, genie chooses", async () => {
  await createPolicy("all", { networks: { names: ["green"] }, override: true });
  expect(await attach({ annotations: { cni: "blue" } })).toMatchObject({ network: "green" });
});

test("what a namespace is granted by the policy, its pods may ask for, and nothing else", async () => {
  await createPolicy("all", { grants: [{ networks: ["green"] }] });
  expect(await attach({ annotations: { cni: "green" } })).toMatchObject({ network: "green" });
  expect((await attach({ annotations: { cni: "blue" } })).answer).toMatchObject({
    code: 102,
    msg: expect.stringContaining("namespace team-a has no grant for network blue"),
  });
});

describe("a tenant's own definition", () => {
  const networks = (name: string) => ({ annotations: { "k8s.v1.cni.cncf.io/networks": name } });
  const open = { zone: "open" };
  beforeAll(async () => {
    const config = (name: string) => ({
      cniVersion: "1.0.0",
      name,
      type: "bridge",
      bridge: `cni-${name}`,
      ipam: { type: "host-local", subnet: "10.97.0.0/24" },
    });
    await createDefinition({ namespace: POD.namespace, name: "green", labels: open }, config("green"));
    await createDefinition({ namespace: "default", name: "shared", labels: open }, config("shared"));
  });

  test("is not the node's network of that name, which is granted", async () => {
    await createPolicy("all", { grants: [{ networks: ["green"] }] });
    expect((await attach(networks("green"))).answer).toMatchObject({
      code: 102,
      msg: expect.stringContaining("has no grant for network team-a/green"),
    });
  });

  test("is not let in by its label, as one of a global namespace is", async () => {
    await createPolicy("all", { networks: { names: ["blue"], selector: { matchLabels: open } } });
    expect((await attach(networks("green"))).answer).toMatchObject({
      code: 102,
      msg: expect.stringContaining("don't give the pod network team-a/green"),
    });
    expect((await attach(networks("default/shared"))).answer).not.toHaveProperty("code");
  });

  test("is given by its namespace and name", async () => {
    await createPolicy("all", { networks: { names: ["blue", "team-a/gr*"] } });
    expect((await attach(networks("green"))).answer).not.toHaveProperty("code");
  });
});

test("the policy's modules are asked, unless the node's file may not be overridden", async () => {
  const digest = `sha256:${"a".repeat(64)}`;
  await createPolicy("all", { selection: { scorers: [{ module: `r/a@${digest}` }] } });
  expect((await attach()).decision).toMatchObject({ modules: [{ digest, outcome: "notInStore" }] });
  expect((await attach({ genie: { overridable: false } })).decision).toMatchObject({ modules: [] });
});

test("without the API server, nobody knows: the pod is tried again, and a system pod gets its network", async () => {
  cluster.suspend();
  const [waiting, system] = await Promise.all([attach(), attach({ namespace: "kube-system" })]);
  cluster.resume();
  expect(waiting.answer).toMatchObject({ code: 11 });
  expect(waiting.tookMs).toBeLessThan(ANSWER_MS);
  expect(system).toMatchObject({ network: "blue" });
});

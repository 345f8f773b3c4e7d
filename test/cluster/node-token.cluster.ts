/** What may be written with the token of one node: `cni/deploy/node-annotations.yaml` and `node-events.yaml`. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ApiAnswer } from "./api-call.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy, waitUntil } from "./manifests.ts";
import { createNamespace, createPod, issueToken, messageOf, mustCall, toPodPath } from "./pods.ts";

const OURS = { namespace: "team-a", name: "ours", node: "n1" };
const OTHER = { namespace: "team-a", name: "other", node: "n2" };
const DAEMON = { namespace: "kube-system", name: "genie-n1", node: "n1", serviceAccount: "genie" };

const OWNER = { apiVersion: "v1", kind: "Node", name: "n1", uid: "u1" };

let cluster: ClusterServer;
/** Bound to genie's own pod on node n1, as the kubelet mounts it there. */
let token: string;
/** Bound to the node n1 itself. */
let nodeToken: string;
/** Bound to nothing. */
let stray: string;

const MERGE = "application/strategic-merge-patch+json";
const patch = (pod: { namespace: string; name: string }, body: object, by = token): Promise<ApiAnswer> =>
  cluster.call({
    method: "PATCH",
    path: `${toPodPath(pod)}?dryRun=All`,
    body,
    contentType: MERGE,
    token: by,
  });
const annotate = (annotations: Record<string, string | null>) => ({ metadata: { annotations } });

const ABOUT = { apiVersion: "v1", kind: "Pod", namespace: OURS.namespace, name: OURS.name };
const EVENT = {
  metadata: { generateName: "genie-", namespace: OURS.namespace },
  involvedObject: ABOUT,
  source: { component: "genie", host: "n1" },
  type: "Normal",
  reason: "NetworkChosen",
  message: "Genie chose blue",
};
const record = (more: object, by = token): Promise<ApiAnswer> =>
  cluster.call({
    method: "POST",
    path: `/api/v1/namespaces/${OURS.namespace}/events`,
    body: { ...EVENT, ...more },
    token: by,
  });

beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  await createNamespace(cluster, "team-a");
  const annotations = { "team.example/secret": "x", cni: "blue" };
  for (const pod of [OURS, OTHER]) await createPod(cluster, { ...pod, labels: { app: "web" }, annotations });
  await createPod(cluster, DAEMON);
  const account = { namespace: "kube-system", serviceAccount: "genie" };
  token = await issueToken(cluster, { ...account, bound: { kind: "Pod", name: DAEMON.name } });
  await mustCall(cluster, { method: "POST", path: "/api/v1/nodes", body: { metadata: { name: "n1" } } });
  nodeToken = await issueToken(cluster, { ...account, bound: { kind: "Node", name: "n1" } });
  stray = await issueToken(cluster, account);
  const bad = annotate({ "team.example/x": "y" });
  await waitUntil("a policy is in force", async () => (await patch(OURS, bad)).status !== 200);
  await waitUntil("the other is, too", async () => (await record({ source: {} })).status !== 201);
  const kept = undo.move();
  return () => kept.disposeAsync();
});

describe("a node's token writes", () => {
  test.each([
    ["the network status", annotate({ "k8s.v1.cni.cncf.io/network-status": "[]" })],
    ["its choice", annotate({ cni: "red" })],
    ["the addresses", annotate({ "multi-ip-preferences": "{}" })],
    ["keys of our own", annotate({ "cni-genie.github.io/decision": "{}", "cni-genie.github.io/x": "y" })],
    ["no key any more", annotate({ cni: null })],
    ["nothing", {}],
    ["what is there already", annotate({ "team.example/secret": "x" })],
  ])("%s", async (_, body) => {
    expect(await patch(OURS, body)).toMatchObject({ status: 200 });
  });
});

test("a token that is bound to the node itself is as good", async () => {
  const body = annotate({ cni: "red" });
  expect(await patch(OURS, body, nodeToken)).toMatchObject({ status: 200 });
  expect(messageOf(await patch(OTHER, body, nodeToken))).toContain("another node than n1");
});

describe("a node's token is refused", () => {
  const ok = annotate({ cni: "red" });
  test.each<[string, object, string]>([
    ["another key", annotate({ "team.example/x": "y" }), "the annotation team.example/x"],
    ["another key's value", annotate({ "team.example/secret": "y" }), "the annotation team.example/secret"],
    [
      "another key's removal",
      annotate({ "team.example/secret": null }),
      "the annotation team.example/secret",
    ],
    ["another key among ours", annotate({ cni: "red", a: "b" }), "the annotation a"],
    ["a key that only looks like ours", annotate({ "cni-genie.github.io.example/x": "y" }), "the annotation"],
    ["NPWG's wishes", annotate({ "k8s.v1.cni.cncf.io/networks": "x" }), "the annotation"],
    ["a label", { metadata: { ...ok.metadata, labels: { app: "db" } } }, "metadata"],
    ["a label's removal", { metadata: { labels: { app: null } } }, "metadata"],
    ["a finalizer", { metadata: { finalizers: ["team.example/f"] } }, "metadata"],
    ["what its name begins with", { metadata: { generateName: "other-" } }, "metadata"],
    ["an owner", { metadata: { ownerReferences: [OWNER] } }, "metadata"],
    ["an image", { spec: { containers: [{ name: "main", image: "evil" }] } }, "nothing but annotations"],
    [
      "a toleration",
      { spec: { tolerations: [{ key: "team.example/x", operator: "Exists" }] } },
      "nothing but annotations",
    ],
  ])("%s", async (_, body, words) => {
    const answer = await patch(OURS, body);
    expect(answer).toMatchObject({ status: 422 });
    expect(messageOf(answer)).toContain("genie-node-annotations");
    expect(messageOf(answer)).toContain(words);
  });

  test("a pod of another node", async () => {
    const answer = await patch(OTHER, ok);
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain("another node than n1");
  });

  test("a token that belongs to no node", async () => {
    const answer = await patch(OURS, ok, stray);
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain("bound to no node");
  });

  test.each([
    ["the pod's status", `${toPodPath(OURS)}/status`, "PATCH"],
    ["the pod's end", toPodPath(OURS), "DELETE"],
    ["all pods", "/api/v1/pods", "GET"],
    ["secrets", "/api/v1/namespaces/team-a/secrets", "GET"],
    ["a node", "/api/v1/nodes/n1", "PATCH"],
    ["a policy", "/apis/cni-genie.github.io/v1alpha1/selectionpolicies", "POST"],
    ["a definition", "/apis/k8s.cni.cncf.io/v1/namespaces/team-a/network-attachment-definitions", "POST"],
  ] as const)("%s", async (_, path, method) => {
    const body =
      method === "GET"
        ? {}
        : { body: annotate({ cni: "red" }), contentType: method === "PATCH" ? MERGE : "application/json" };
    expect(await cluster.call({ path, method, token, ...body })).toMatchObject({ status: 403 });
  });
});

test("a node's token reads what an ADD needs", async () => {
  const paths = [
    toPodPath(OTHER),
    "/apis/k8s.cni.cncf.io/v1/namespaces/team-a/network-attachment-definitions",
    "/apis/alpha.network.k8s.io/v1/namespaces/team-a/logicalnetworks",
    "/apis/alpha.network.k8s.io/v1/namespaces/team-a/physicalnetworks",
    "/apis/cni-genie.github.io/v1alpha1/selectionpolicies",
    "/api/v1/namespaces/team-a",
  ];
  for (const path of paths) expect(await cluster.call({ path, token }), path).toMatchObject({ status: 200 });
  const missing = "/apis/alpha.network.k8s.io/v1/namespaces/team-a/logicalnetworks/none";
  expect(await cluster.call({ path: missing, token })).toMatchObject({ status: 404 });
});

describe("a node's token records an event", () => {
  test.each<[string, object, string?]>([
    ["about a pod, in its node's name", {}],
    ["with the newer fields, too", { reportingComponent: "genie", reportingInstance: "n1" }],
    ["with a token of the node itself", {}, "node"],
  ])("%s", async (_, more, by) => {
    expect(await record(more, by === "node" ? nodeToken : token)).toMatchObject({ status: 201 });
  });

  test.each<[string, object, string]>([
    ["in no node's name", { source: { component: "genie" } }, "from node n1"],
    ["in another node's name", { source: { component: "genie", host: "n2" } }, "from node n1"],
    ["in another node's name by a newer field", { reportingInstance: "n2" }, "from node n1"],
    ["in another program's name", { source: { component: "kubelet", host: "n1" } }, "from genie"],
    ["in that name by a newer field", { reportingComponent: "kubelet" }, "from genie"],
    ["about no pod", { involvedObject: { ...ABOUT, kind: "Service" } }, "about pods"],
    [
      "about another kind called so",
      { involvedObject: { ...ABOUT, apiVersion: "x.example/v1" } },
      "about pods",
    ],
    ["about more than the pod", { related: { kind: "Secret", name: "s" } }, "about pods"],
    ["that stays", { metadata: { ...EVENT.metadata, finalizers: ["team.example/f"] } }, "its end"],
  ])("but none %s", async (_, more, words) => {
    const answer = await record(more);
    expect(answer).toMatchObject({ status: 422 });
    expect(messageOf(answer)).toContain("genie-node-events");
    expect(messageOf(answer)).toContain(words);
  });

  test("but none with a token that belongs to no node", async () => {
    expect(messageOf(await record({}, stray))).toContain("bound to no node");
  });
});

test("others aren't concerned", async () => {
  expect(await patch(OURS, annotate({ "team.example/x": "y" }), cluster.admin.token)).toMatchObject({
    status: 200,
  });
  expect(await record({ source: {} }, cluster.admin.token)).toMatchObject({ status: 201 });
});

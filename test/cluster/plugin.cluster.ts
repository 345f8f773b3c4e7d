/** The built plugin on a node of a cluster. */
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isJsonObject } from "../../core/spec/json.ts";
import { callGenie, makeNode, type TestNode, withAnnotations } from "../e2e/node.ts";
import { writeKubeconfig } from "../fakes/kubeconfig.ts";
import { addNamespace, listLinks, type NetworkNamespace } from "../setup/namespace.ts";
import { openRelay, type Relay } from "../setup/relay.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy } from "./manifests.ts";
import { createNamespace, createPod, issueGenieToken, mustCall, toPodPath } from "./pods.ts";

const undo = new AsyncDisposableStack();
let cluster: ClusterServer;
let node: TestNode;
let relay: Relay;
let kubeconfig: string;

beforeAll(async () => {
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  await createNamespace(cluster, "shop");
  node = undo.use(await makeNode());
  relay = undo.use(await openRelay(node.namespace, Number(new URL(cluster.url).port)));
  const folder = await mkdtemp("/run/genie-plugin-");
  undo.defer(() => rm(folder, { recursive: true }));
  const server = {
    server: `https://${relay.host}`,
    "tls-server-name": "localhost",
    "certificate-authority": cluster.certified.authority,
  };
  const token = await issueGenieToken(cluster);
  kubeconfig = await writeKubeconfig(path.join(folder, "kubeconfig"), { cluster: server, user: { token } });
});
afterAll(() => undo.disposeAsync());

interface Called {
  readonly name: string;
  readonly uid: string;
  readonly fields?: object;
}

function call(verb: "ADD" | "DEL", pod: NetworkNamespace, { name, uid, fields }: Called) {
  const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${name};K8S_POD_UID=${uid}`;
  const stdin = node.config({}, { kubernetes: { kubeconfig }, runtimeConfig: {}, ...fields });
  return callGenie(node, { verb, pod, args, stdin });
}

/** A pod of shop on our node. @returns its UID. */
async function create(name: string, annotations: Readonly<Record<string, string>>): Promise<string> {
  return String(
    metadataOf(await createPod(cluster, { namespace: "shop", name, node: "n1", annotations }))["uid"],
  );
}

function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  const metadata = isJsonObject(object) ? object["metadata"] : undefined;
  return isJsonObject(metadata) ? metadata : expect.unreachable();
}

const readAnnotations = async (name: string) =>
  metadataOf(await mustCall(cluster, { path: toPodPath({ namespace: "shop", name }) }))["annotations"];

test("a pod gets the networks that it names in the cluster, and is told its addresses", async () => {
  await using pod = await addNamespace();
  const uid = await create("two", { cni: "blue,green" });
  expect(await call("ADD", pod, { name: "two", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await readAnnotations("two")).toMatchObject({
    cni: "blue,green",
    "multi-ip-preferences": expect.stringContaining('"multi_entry":2'),
  });
  expect(await call("DEL", pod, { name: "two", uid })).toMatchObject({ exitCode: 0 });
});

test("a pod that leaves the choice to genie is told what it is, and an event says why", async () => {
  await using pod = await addNamespace();
  const uid = await create("any", { cni: "" });
  expect(await call("ADD", pod, { name: "any", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await readAnnotations("any")).toEqual({ cni: "blue" });
  const query = new URLSearchParams({ fieldSelector: `involvedObject.uid=${uid}` }).toString();
  expect(await mustCall(cluster, { path: `/api/v1/namespaces/shop/events?${query}` })).toMatchObject({
    items: [{ reason: "NetworkChosen", message: expect.stringMatching(/^Genie chose blue over /) }],
  });
  await call("DEL", pod, { name: "any", uid });
});

test("a pod that was replaced by another one of its name gets nothing, and the other is told nothing", async () => {
  await using pod = await addNamespace();
  await create("again", { cni: "blue" });
  const { exitCode, answer } = await call("ADD", pod, { name: "again", uid: "of-the-one-before" });
  expect([exitCode, answer]).toMatchObject([1, { code: 11, msg: expect.stringContaining("another pod") }]);
  expect(await listLinks(pod)).toEqual([]);
  const fields = withAnnotations({ cni: "blue,green" });
  const added = await call("ADD", pod, { name: "again", uid: "of-the-one-before", fields });
  expect(added).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("annotations are not written"),
  });
  expect(await readAnnotations("again")).toEqual({ cni: "blue" });
  await call("DEL", pod, { name: "again", uid: "of-the-one-before" });
});

test("with the API server down, pods start whose annotations the runtime hands over; others are tried again", async () => {
  await using one = await addNamespace();
  await using other = await addNamespace();
  await using before = await addNamespace();
  const uid = await create("down", { cni: "blue" });
  expect(await call("ADD", before, { name: "down", uid })).toMatchObject({ exitCode: 0 });
  await cluster.stop();
  try {
    const calls = relay.calls();
    const fields = withAnnotations({ cni: "green" });
    expect(await call("ADD", one, { name: "down", uid, fields })).toMatchObject({ exitCode: 0, stderr: "" });
    expect(relay.calls()).toBe(calls);
    const { exitCode, answer } = await call("ADD", other, { name: "down", uid });
    expect([exitCode, answer]).toMatchObject([1, { code: 11 }]);
    expect(await listLinks(other)).toEqual([]);
    const asked = relay.calls();
    for (const pod of [before, one, other]) {
      expect(await call("DEL", pod, { name: "down", uid })).toMatchObject({ exitCode: 0 });
      expect(await listLinks(pod)).toEqual([]);
    }
    expect(relay.calls()).toBe(asked);
  } finally {
    await cluster.start();
  }
});

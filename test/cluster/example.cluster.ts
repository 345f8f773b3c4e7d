/** `examples/05-kubernetes`: its files on a node of a cluster. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callGenie, makeNode, type TestNode } from "../e2e/node.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { makeDesk } from "../setup/geniectl.ts";
import { addNamespace, listLinks } from "../setup/namespace.ts";
import { openRelay } from "../setup/relay.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { apply, deploy } from "./manifests.ts";
import { createNamespace, issueToken, mustCall, toPodPath } from "./pods.ts";

const EXAMPLE_DIR = path.join(CLONE_DIR, "examples/05-kubernetes");

const undo = new AsyncDisposableStack();
let cluster: ClusterServer;
let node: TestNode;
/** Genie's, with this node's folders. */
let conf: object;

beforeAll(async () => {
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  await createNamespace(cluster, "shop");
  await apply(cluster, EXAMPLE_DIR);
  await mustCall(cluster, { method: "POST", path: "/api/v1/nodes", body: { metadata: { name: "n1" } } });
  node = undo.use(await makeNode());
  const relay = undo.use(await openRelay(node.namespace, Number(new URL(cluster.url).port)));
  const kubeconfig = await install(relay.host);
  const written = JSON.parse(await readExample("00-genie.conf"));
  conf = { ...written, ...node.config({}, { kubernetes: { kubeconfig }, runtimeConfig: {} }) };
});
afterAll(() => undo.disposeAsync());

const readExample = (file: string) => readFile(path.join(EXAMPLE_DIR, file), "utf8");

/** What the page has an admin put into /etc/genie. */
async function install(server: string): Promise<string> {
  const folder = await mkdtemp("/run/genie-example-");
  undo.defer(() => rm(folder, { recursive: true }));
  const bound = { kind: "Node", name: "n1" } as const;
  const token = await issueToken(cluster, { namespace: "kube-system", serviceAccount: "genie", bound });
  await writeFile(path.join(folder, "token"), token, { mode: 0o600 });
  await copyFile(cluster.certified.authority, path.join(folder, "ca.crt"));
  const here = `server: https://${server}\n      tls-server-name: localhost`;
  const file = path.join(folder, "kubeconfig");
  await writeFile(file, (await readExample("kubeconfig")).replace(/server: .*/, here), { mode: 0o600 });
  return file;
}

/** Adds the pod, which the scheduler has placed. @returns the status that it is told. */
async function addPod(name: string, pod: { name: string; path: string }): Promise<unknown> {
  const ref = toPodPath({ namespace: "shop", name });
  const target = { kind: "Node", name: "n1" };
  await mustCall(cluster, {
    method: "POST",
    path: `${ref}/binding`,
    body: { metadata: { name }, target },
  });
  const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${name}`;
  expect(await callGenie(node, { verb: "ADD", pod, args, stdin: conf })).toMatchObject({
    exitCode: 0,
    stderr: "",
  });
  const { metadata } = (await mustCall(cluster, { path: ref })) as {
    metadata: { annotations: Record<string, string> };
  };
  return JSON.parse(metadata.annotations["k8s.v1.cni.cncf.io/network-status"] ?? "");
}

test("a pod gets the default network and the definitions that it names", async () => {
  await using pod = await addNamespace();
  expect(await addPod("several", pod)).toMatchObject([
    { name: "blue", interface: "eth0", default: true },
    { name: "shop/storage", interface: "net1", ips: [expect.stringMatching(/^10\.61\.0\./)] },
    { name: "shop/fast-b", interface: "fast0", ips: [expect.stringMatching(/^10\.63\.0\./)] },
  ]);
  expect(await listLinks(pod)).toEqual(expect.arrayContaining(["eth0", "net1", "fast0"]));
});

test("a pod gets a definition that genie chose among labelled ones, and everybody can see why", async () => {
  await using pod = await addNamespace();
  expect(await addPod("chosen", pod)).toMatchObject([
    { name: "blue", interface: "eth0" },
    { name: "shop/fast-a", interface: "net1", "io.github.cni-genie.decision": { decidedBy: "fallback" } },
  ]);
  const { items } = (await mustCall(cluster, { path: "/api/v1/namespaces/shop/events" })) as {
    items: readonly { message: string }[];
  };
  expect(items.map(({ message }) => message)).toEqual(["Genie chose fast-a over fast-b: first-fit"]);
  await using desk = await makeDesk();
  const { stdout } = await desk.run("explain", "--state-dir", node.stateDir, "shop/chosen");
  expect(stdout).toContain("fast-a");
});

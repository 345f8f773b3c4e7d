/** `examples/05-kubernetes`: its files on a node of a cluster. */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { loadYaml } from "@kubernetes/client-node";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callGenie, makeNode, type TestNode } from "../e2e/node.ts";
import { unlessMissing } from "../../core/missing.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { makeDesk } from "../setup/geniectl.ts";
import { addNamespace, listLinks } from "../setup/namespace.ts";
import { openRelay } from "../setup/relay.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { apply, deploy, waitUntil } from "./manifests.ts";
import { createNamespace, issueToken, mustCall, toPodPath } from "./pods.ts";
import type { Finding } from "../../cni/doctor/check.ts";

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

interface DaemonSet {
  readonly spec: {
    readonly template: {
      readonly metadata: object;
      readonly spec: { readonly containers: [{ command: string[] }] };
    };
  };
}

/** A pod of the DaemonSet on node n1. @returns the token that the kubelet mounts there. */
async function createTokenPod({ spec: { template } }: DaemonSet, name: string): Promise<string> {
  const namespace = "kube-system";
  const body = { metadata: { ...template.metadata, name }, spec: { ...template.spec, nodeName: "n1" } };
  await mustCall(cluster, { method: "POST", path: `/api/v1/namespaces/${namespace}/pods`, body });
  return await issueToken(cluster, { namespace, serviceAccount: "genie", bound: { kind: "Pod", name } });
}

test("the DaemonSet keeps a token of the node in genie's folder, also when the kubelet has renewed it", async () => {
  const set = loadYaml<DaemonSet>(await readExample("node-token.yaml"));
  const folder = await mkdtemp("/run/genie-token-");
  undo.defer(() => rm(folder, { recursive: true }));
  const [mounted, etc] = [path.join(folder, "mounted"), path.join(folder, "etc")];
  for (const dir of [mounted, etc]) await mkdir(dir);
  await copyFile(cluster.certified.authority, path.join(mounted, "ca.crt"));
  await writeFile(path.join(mounted, "token"), await createTokenPod(set, "genie-token-1"));
  const [program = "", ...words] = set.spec.template.spec.containers[0].command.map((word) =>
    word.replaceAll("/etc/genie", etc).replaceAll("/genie/", `${mounted}/`).replace("sleep 60", "sleep 0.1"),
  );
  await using _copying = {
    process: execa(program, words, { reject: false, stderr: "inherit" }),
    async [Symbol.asyncDispose]() {
      this.process.kill();
      await this.process;
    },
  };
  const file = path.join(etc, "token");
  const isCopied = async () =>
    (await unlessMissing(readFile(file, "utf8"))) === (await readFile(path.join(mounted, "token"), "utf8"));
  await waitUntil("the token is there", isCopied);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await writeFile(path.join(mounted, "token"), await createTokenPod(set, "genie-token-2"));
  await waitUntil("the next one is there", isCopied);
  await mustCall(cluster, {
    method: "DELETE",
    path: `${toPodPath({ namespace: "kube-system", name: "genie-token-1" })}?gracePeriodSeconds=0`,
  });
  const kubeconfig = path.join(etc, "kubeconfig");
  await writeFile(
    kubeconfig,
    (await readExample("kubeconfig")).replace(/server: .*/, `server: ${cluster.url}`),
  );
  await using desk = await makeDesk();
  await writeFile(
    path.join(desk.folder, "genie.conf"),
    JSON.stringify({ ...conf, kubernetes: { kubeconfig } }),
  );
  const { stdout } = await desk.run("doctor", "--config", "genie.conf", "--json");
  const findings: readonly Finding[] = JSON.parse(stdout);
  expect(findings.filter(({ check }) => check.startsWith("API server"))).toMatchObject([
    { check: "API server, token", state: "ok" },
    { check: "API server", state: "ok", detail: expect.stringMatching(/genie on node n1$/) },
    { check: "API server, rights", state: "ok" },
    { check: "API server, kinds", state: "ok" },
  ]);
});

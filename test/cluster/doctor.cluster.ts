/** What the built geniectl finds out about a node's way to a real API server. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import type { Finding } from "../../cni/doctor/check.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { writeKubeconfig } from "../fakes/kubeconfig.ts";
import { makeCertificates } from "../fakes/certificates.ts";
import { DIST_DIR } from "../setup/build.ts";
import { type KeptNode, makeKeptNode } from "../setup/kept-node.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy, waitUntil } from "./manifests.ts";
import { issueToken, mustCall } from "./pods.ts";

const ACCOUNT = { namespace: "kube-system", serviceAccount: "genie" };
const ON_NODE = { ...ACCOUNT, bound: { kind: "Node", name: "n1" } } as const;
const GENIE = "system:serviceaccount:kube-system:genie";
/** More than the questions have, with the start of a program on a busy machine. */
const ANSWER_MS = 20_000;

let cluster: ClusterServer;
let kept: KeptNode;
beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  await mustCall(cluster, { method: "POST", path: "/api/v1/nodes", body: { metadata: { name: "n1" } } });
  const held = undo.move();
  return () => held.disposeAsync();
});
beforeEach(async () => {
  kept = await makeKeptNode();
  return () => kept[Symbol.asyncDispose]();
});

interface Way {
  readonly token?: string;
  readonly authority?: string;
  readonly genie?: object;
}

/** Genie's configuration, with the way to the API server. */
async function configure({ token, authority = cluster.certified.authority, genie }: Way): Promise<void> {
  const { dir } = kept.node;
  const kubeconfig = await writeKubeconfig(path.join(dir, "kubeconfig"), {
    cluster: { server: cluster.url, "certificate-authority": authority },
    user: { tokenFile: "token" },
  });
  if (token !== undefined) await writeFile(path.join(dir, "token"), token, { mode: 0o600 });
  const folders = { confDir: path.join(dir, "net.d"), stateDir: dir, moduleStore: path.join(dir, "modules") };
  const config = {
    name: "genie",
    type: "genie",
    kubernetes: { kubeconfig },
    genie: { ...folders, ...genie },
  };
  await kept.node.conf("00-genie.conf", { cniVersion: "1.0.0", ...config });
}

/** What is said of the API server, without the rest of the node. */
async function examine(way: Way): Promise<readonly Finding[]> {
  await configure(way);
  const { stdout } = await kept.desk.run("doctor", "--config", kept.configFile, "--json");
  const findings: readonly Finding[] = JSON.parse(stdout);
  return findings.filter(({ check }) => /^(API server|SelectionPol|module )/.test(check));
}

async function createPolicy(name: string, spec: object): Promise<void> {
  const place = "/apis/cni-genie.github.io/v1alpha1/selectionpolicies";
  const head = { apiVersion: "cni-genie.github.io/v1alpha1", kind: "SelectionPolicy", metadata: { name } };
  await mustCall(cluster, { method: "POST", path: place, body: { ...head, spec } });
  onTestFinished(async () => void (await mustCall(cluster, { method: "DELETE", path: `${place}/${name}` })));
}

test("with the account's token for this node, all is well, and it is told how long", async () => {
  expect(
    await examine({ token: await issueToken(cluster, ON_NODE), genie: { policySource: "cluster" } }),
  ).toMatchObject([
    { check: "API server, token", state: "ok", detail: expect.stringMatching(/^ends 20\d\d-/) },
    { check: "API server", state: "ok", detail: `${cluster.url} takes genie for ${GENIE} on node n1` },
    { check: "API server, rights", state: "ok", detail: "all 11 that genie needs" },
    { check: "API server, kinds", state: "ok", detail: "all 4 that genie reads" },
    { check: "SelectionPolicies", state: "ok", detail: "there is none" },
  ]);
});

test("a token that is bound to no node is told: no annotation is taken from it", async () => {
  expect(await examine({ token: await issueToken(cluster, ACCOUNT) })).toContainEqual(
    expect.objectContaining({ check: "API server", state: "warning", todo: expect.stringMatching(/Node/) }),
  );
});

test("each right that is missing is named", async () => {
  const account = { namespace: "kube-system", serviceAccount: "other" };
  const accounts = "/api/v1/namespaces/kube-system/serviceaccounts";
  await mustCall(cluster, { method: "POST", path: accounts, body: { metadata: { name: "other" } } });
  const findings = await examine({ token: await issueToken(cluster, account) });
  const missing = findings.filter(({ check }) => check === "API server, rights");
  expect(missing).toHaveLength(9);
  expect(missing).toMatchObject([
    { state: "problem", detail: expect.stringContaining('"get" on resource "pods"') },
    { state: "warning", detail: expect.stringContaining('"patch" on resource "pods"') },
    ...Array.from({ length: 6 }, () => ({ state: "problem", todo: expect.stringContaining("rights.yaml") })),
    { state: "warning", detail: expect.stringContaining('"create" on resource "events"') },
  ]);
});

test("a module that a policy brings and the store hasn't is a problem, unless the file may not be overridden", async () => {
  const module = `registry.example/genie/price@sha256:${"a".repeat(64)}`;
  await createPolicy("tenants", { selection: { scorers: [{ module }] } });
  const token = await issueToken(cluster, ON_NODE);
  expect(await examine({ token, genie: { policySource: "cluster" } })).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ check: "SelectionPolicies", detail: "1, and each can be read" }),
      expect.objectContaining({ check: `module ${module}`, state: "problem" }),
    ]),
  );
  const own = await examine({ token, genie: { policySource: "cluster", overridable: false } });
  expect(own.filter(({ state }) => state !== "ok")).toEqual([]);
});

test("a module that a policy brings is told settings that it doesn't know, once", async () => {
  const component = await readFile(path.join(DIST_DIR, "modules/occupancy.wasm"));
  const artifact = planArtifact(component, { created: new Date(0) });
  const module = `registry.example/genie/occupancy@${artifact.digest}`;
  await openStore(path.join(kept.node.dir, "modules")).put(artifact, parseReference(module));
  const selection = { scorers: [{ module, settings: { rejectsAt: 0.5 } }] };
  await createPolicy("tenants", { selection });
  await createPolicy("guests", { selection });
  const findings = await examine({
    token: await issueToken(cluster, ON_NODE),
    genie: { policySource: "cluster", selection: { scorers: [{ module }] } },
  });
  const faults = findings.filter(({ detail }) => detail.includes("rejectsAt"));
  expect(faults).toMatchObject([{ check: `module ${module}`, state: "warning" }]);
  expect(findings.filter(({ detail }) => detail.includes("not prepared"))).toHaveLength(1);
});

test("a kind that isn't defined is told", async () => {
  const place =
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/selectionpolicies.cni-genie.github.io";
  await mustCall(cluster, { method: "DELETE", path: place });
  const served = "/apis/cni-genie.github.io/v1alpha1/selectionpolicies";
  await waitUntil("the kind is gone", async () => (await cluster.call({ path: served })).status === 404);
  onTestFinished(() => deploy(cluster));
  const token = await issueToken(cluster, ON_NODE);
  expect(await examine({ token, genie: { policySource: "cluster" } })).toContainEqual(
    expect.objectContaining({
      check: "API server, kinds",
      state: "warning",
      detail: expect.stringContaining("selectionpolicies.cni-genie.github.io"),
    }),
  );
});

test.each<[string, () => Promise<Way>, string]>([
  ["the token isn't there", async () => ({}), "token can't be read (ENOENT)"],
  ["the server doesn't know the token", async () => ({ token: "foreign" }), "(401)"],
  [
    "another authority vouches for the server",
    async () => {
      const { authority } = await makeCertificates(kept.node.dir, "other", { names: ["DNS:localhost"] });
      return { token: await issueToken(cluster, ON_NODE), authority };
    },
    "can't be reached (",
  ],
])("when %s, it is told in one line, and status says it too", async (_, makeWay, detail) => {
  const findings = await examine(await makeWay());
  const bad = findings.filter(({ state }) => state !== "ok");
  expect(bad).toMatchObject([
    {
      check: "API server",
      state: "problem",
      detail: expect.stringContaining(detail),
      todo: expect.stringMatching(/./),
    },
  ]);
  const { stdout } = await kept.desk.run("status", "--config", kept.configFile, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    apiServer: { ready: false, reason: expect.stringContaining(detail) },
  });
});

test("an API server that doesn't answer holds nobody up, and the node is as ready as it is", async () => {
  await kept.node.plugin("one", "exit 0");
  await kept.node.conf("10-blue.conf", { cniVersion: "1.1.0", name: "blue", type: "one" });
  const token = await issueToken(cluster, ON_NODE);
  await configure({ token });
  const status = () => kept.desk.run("status", "--config", kept.configFile, "--cni-path", kept.node.path[0]);
  expect(await status()).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/\nAPI server: answers\n/),
  });
  cluster.suspend();
  const startedMs = performance.now();
  const { exitCode, stdout } = await status();
  const findings = await examine({ token });
  cluster.resume();
  expect(performance.now() - startedMs).toBeLessThan(ANSWER_MS * 2);
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^ready\n.*\nAPI server: the API server did not answer within 5000 ms/s),
  });
  expect(findings.filter(({ state }) => state === "problem")).toMatchObject([
    { check: "API server", detail: "the API server did not answer within 5000 ms" },
  ]);
});

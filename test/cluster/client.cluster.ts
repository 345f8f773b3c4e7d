/** The client of `cni/cluster` and a real API server. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClient } from "../../cni/cluster/client.ts";
import type { Cluster } from "../../core/cluster.ts";
import { kubernetes } from "../../core/cluster-config.ts";
import { isJsonObject } from "../../core/spec/json.ts";
import { writeKubeconfig } from "../fakes/kubeconfig.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy } from "./manifests.ts";
import { createNamespace, createPod, issueGenieToken, issueToken, mustCall } from "./pods.ts";

const REF = { namespace: "shop", name: "web" };
const never = new AbortController().signal;
const fails = (details: object) => expect.objectContaining({ kind: "tryAgainLater", ...details });

const undo = new AsyncDisposableStack();
let cluster: ClusterServer;
let folder: string;
let token: string;
/** Of web's. */
let uid: string;

beforeAll(async () => {
  cluster = undo.use(await startCluster());
  folder = await mkdtemp("/run/genie-client-");
  undo.defer(() => rm(folder, { recursive: true }));
  expect(await (await open({ token: cluster.admin.token })).findDefinition(REF, never)).toBeUndefined();
  expect(await (await open({ token: cluster.admin.token })).listDefinitions("shop", never)).toEqual([]);
  await deploy(cluster);
  await createNamespace(cluster, "shop");
  token = await issueGenieToken(cluster);
  const labels = { app: "web" };
  uid = uidOf(await createPod(cluster, { ...REF, node: "n1", labels, annotations: { cni: "blue" } }));
});
afterAll(() => undo.disposeAsync());

async function open(user: object): Promise<Cluster> {
  const server = { server: cluster.url, "certificate-authority": cluster.certified.authority };
  const file = path.join(folder, "kubeconfig");
  const kubeconfig = await writeKubeconfig(file, { cluster: server, user });
  return openClient({ kubernetes: kubernetes.parse({ kubeconfig }) });
}

function uidOf(object: unknown): string {
  const metadata = isJsonObject(object) ? object["metadata"] : undefined;
  const found = isJsonObject(metadata) ? metadata["uid"] : undefined;
  return typeof found === "string" ? found : expect.unreachable();
}

const readPod = async () => (await open({ token })).findPod(REF, never);

describe("a pod", () => {
  test("is read with the least rights", async () => {
    expect(await readPod()).toEqual({
      ...REF,
      uid,
      nodeName: "n1",
      labels: new Map([["app", "web"]]),
      annotations: new Map([["cni", "blue"]]),
    });
  });

  test("that isn't there is none", async () => {
    expect(await (await open({ token })).findPod({ ...REF, name: "gone" }, never)).toBeUndefined();
  });

  test("is annotated, and an annotation is removed", async () => {
    const client = await open({ token });
    const own = "cni-genie.github.io/decision";
    expect(await client.annotatePod({ ...REF, uid }, { [own]: "{}", cni: "red" }, never)).toBe(true);
    expect((await readPod())?.annotations).toEqual(
      new Map([
        ["cni", "red"],
        [own, "{}"],
      ]),
    );
    expect(await client.annotatePod({ ...REF, uid }, { [own]: null, cni: "blue" }, never)).toBe(true);
    expect((await readPod())?.annotations).toEqual(new Map([["cni", "blue"]]));
  });

  test.each([
    ["another one of its name", { ...REF, uid: "00000000-0000-4000-8000-000000000000" }],
    ["one that is gone", { ...REF, name: "gone", uid: "00000000-0000-4000-8000-000000000000" }],
  ])("is left alone where %s was meant", async (_, pod) => {
    expect(await (await open({ token })).annotatePod(pod, { cni: "red" }, never)).toBe(false);
    expect((await readPod())?.annotations).toEqual(new Map([["cni", "blue"]]));
  });

  test("that a node made by itself is annotated through its mirror", async () => {
    const [name, hash] = ["static-n1", "0123456789abcdef0123456789abcdef"];
    const annotations = { "kubernetes.io/config.mirror": hash, "kubernetes.io/config.hash": hash };
    const spec = { nodeName: "n1", containers: [{ name: "main", image: "none" }] };
    const body = { metadata: { name, annotations }, spec };
    await mustCall(cluster, { method: "POST", path: "/api/v1/namespaces/shop/pods", body });
    const client = await open({ token });
    expect(await client.annotatePod({ ...REF, name, uid: hash }, { cni: "red" }, never)).toBe(true);
    expect((await client.findPod({ ...REF, name }, never))?.annotations.get("cni")).toBe("red");
  });

  test("is told an event of any length that genie writes", async () => {
    const event = { type: "Normal", reason: "NetworkChosen", message: "€".repeat(1024) } as const;
    await (await open({ token })).recordEvent({ ...REF, uid }, event, never);
    const query = new URLSearchParams({ fieldSelector: `involvedObject.uid=${uid}` });
    const listed = await mustCall(cluster, { path: `/api/v1/namespaces/shop/events?${query.toString()}` });
    expect(listed).toMatchObject({
      items: [{ ...event, count: 1, source: { component: "genie", host: "n1" } }],
    });
  });

  test("of a namespace that is gone, or being removed, is told nothing", async () => {
    const event = { type: "Normal", reason: "NetworkChosen", message: "x" } as const;
    await createNamespace(cluster, "ending");
    await mustCall(cluster, { method: "DELETE", path: "/api/v1/namespaces/ending" });
    for (const namespace of ["gone", "ending"])
      await (await open({ token })).recordEvent({ namespace, name: "web", uid }, event, never);
  });
});

test("definitions are found and listed", async () => {
  for (const name of ["red", "blue"]) {
    const body = {
      apiVersion: "k8s.cni.cncf.io/v1",
      kind: "NetworkAttachmentDefinition",
      metadata: { name, labels: { tier: name }, annotations: { "k8s.v1.cni.cncf.io/resourceName": "x/y" } },
      spec: { config: `{"type":"${name}"}` },
    };
    const place = "/apis/k8s.cni.cncf.io/v1/namespaces/shop/network-attachment-definitions";
    await mustCall(cluster, { method: "POST", path: place, body });
  }
  const client = await open({ token });
  const red = {
    namespace: "shop",
    name: "red",
    labels: new Map([["tier", "red"]]),
    annotations: new Map([["k8s.v1.cni.cncf.io/resourceName", "x/y"]]),
    config: '{"type":"red"}',
  };
  expect(await client.findDefinition({ namespace: "shop", name: "red" }, never)).toEqual(red);
  expect(await client.findDefinition({ namespace: "shop", name: "pink" }, never)).toBeUndefined();
  expect(await client.listDefinitions("shop", never)).toEqual([
    expect.objectContaining({ name: "blue" }),
    red,
  ]);
});

describe("who we are", () => {
  test("may be told by a client certificate", async () => {
    const { certificate, key } = cluster.admin.certified;
    const data = Buffer.from(await readFile(key)).toString("base64");
    const client = await open({ "client-certificate": certificate, "client-key-data": data });
    expect(await client.findPod(REF, never)).toMatchObject({ uid });
  });

  test("is unknown with a token of nobody, and known by the next one in its file", async () => {
    const tokenFile = path.join(folder, "token");
    await writeFile(tokenFile, "nobody");
    const client = await open({ tokenFile });
    await expect(client.findPod(REF, never)).rejects.toEqual(
      fails({ message: "the API server doesn't know genie's user (401)" }),
    );
    await writeFile(tokenFile, `${token}\n`);
    expect(await client.findPod(REF, never)).toMatchObject({ uid });
  });

  test("decides what we may: the permission that is missing is named", async () => {
    const other = await issueToken(cluster, { namespace: "shop", serviceAccount: "default" });
    const client = await open({ token: other });
    await expect(client.findPod(REF, never)).rejects.toEqual(
      fails({
        message: "the API server denies genie's user to get pods in namespace shop (403)",
        details: expect.stringMatching(
          /verb "get" on resource "pods" .*"system:serviceaccount:shop:default"/,
        ),
      }),
    );
    await expect(client.listDefinitions("shop", never)).rejects.toEqual(
      fails({ details: expect.stringContaining('verb "list" on resource "network-attachment-definitions"') }),
    );
  });

  test("decides which pods we may change: those of our own node", async () => {
    const name = "elsewhere";
    const far = uidOf(await createPod(cluster, { ...REF, name, node: "n2" }));
    const tell = async () =>
      (await open({ token })).annotatePod({ ...REF, name, uid: far }, { cni: "red" }, never);
    const denied = fails({ details: expect.stringContaining("another node") });
    // The admission policy is in force a moment after it is there.
    await expect.poll(() => tell().catch((error: unknown) => error), { timeout: 30_000 }).toEqual(denied);
  });
});

describe("a server", () => {
  test("that stands still for a moment is waited for", async () => {
    const client = await open({ token });
    cluster.suspend();
    const asked = client.findPod(REF, never);
    await sleep(500);
    cluster.resume();
    expect(await asked).toMatchObject({ uid });
  });

  test("that stands still is waited for until the deadline", async () => {
    const client = await open({ token });
    cluster.suspend();
    try {
      await expect(client.findPod(REF, never)).rejects.toEqual(
        fails({ message: expect.stringContaining("5000 ms") }),
      );
    } finally {
      cluster.resume();
    }
  });

  test("that ends while it is asked, and is not back in time, is down", async () => {
    const client = await open({ token });
    cluster.suspend();
    const asked = client.findPod(REF, never).catch((error: unknown) => error);
    await sleep(200);
    await cluster.stop();
    expect(await asked).toEqual(fails({ message: expect.stringMatching(/can't be reached|did not answer/) }));
    await expect((await open({ token })).findPod(REF, never)).rejects.toEqual(
      fails({ message: "the API server can't be reached (ECONNREFUSED)" }),
    );
    await cluster.start();
    expect(await readPod()).toMatchObject({ uid });
  });
});

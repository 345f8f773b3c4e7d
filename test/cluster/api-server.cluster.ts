import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { beforeAll, expect, test } from "vitest";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { createNamespace, createPod, issueToken, toPodPath } from "./pods.ts";

let cluster: ClusterServer;
beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  await createNamespace(cluster, "team-a");
  const kept = undo.move();
  return () => kept.disposeAsync();
});

test("the administrator is known by token, by certificate and by kubeconfig", async () => {
  const who = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  expect(await cluster.call({ method: "POST", path: who, body })).toMatchObject({
    status: 201,
    body: { status: { userInfo: { username: "admin", groups: expect.arrayContaining(["system:masters"]) } } },
  });
  expect(await getWithCertificate("/api/v1/namespaces/team-a")).toBe(200);
  const config = new KubeConfig();
  config.loadFromString(cluster.toKubeconfig(cluster.admin.token));
  const namespace = await config.makeApiClient(CoreV1Api).readNamespace({ name: "team-a" });
  expect(namespace.metadata?.name).toBe("team-a");
});

async function getWithCertificate(path: string): Promise<number | undefined> {
  const [ca = "", cert = "", key = ""] = await Promise.all(
    [cluster.certified.authority, cluster.admin.certified.certificate, cluster.admin.certified.key].map(
      (file) => readFile(file, "utf8"),
    ),
  );
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(new URL(path, cluster.url), { ca, cert, key, agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .once("error", reject)
    .end();
  return promise;
}

test("others may do what they were given, and strangers nothing", async () => {
  const token = await issueToken(cluster, { namespace: "team-a", serviceAccount: "default" });
  const path = toPodPath({ namespace: "team-a", name: "web" });
  expect(await cluster.call({ path, token })).toMatchObject({ status: 403 });
  expect(await cluster.call({ path, token: "stranger" })).toMatchObject({ status: 401 });
});

test("what was written outlives an outage", async () => {
  const pod = { namespace: "team-a", name: "web", node: "n1" };
  await createPod(cluster, pod);
  await cluster.stop();
  await expect(cluster.call({ path: toPodPath(pod) })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await cluster.start();
  expect(await cluster.call({ path: toPodPath(pod) })).toMatchObject({ body: { spec: { nodeName: "n1" } } });
});

test("a server that stands still answers once it goes on", async () => {
  cluster.suspend();
  const answer = cluster.call({ path: "/readyz" });
  const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 500, "nothing"))]);
  cluster.resume();
  expect(first).toBe("nothing");
  expect((await answer).status).toBe(200);
});

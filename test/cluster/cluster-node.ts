import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { callGenie, type GenieAnswer, makeNode, type TestNode } from "../e2e/node.ts";
import { writeKubeconfig } from "../fakes/kubeconfig.ts";
import type { NetworkNamespace } from "../setup/namespace.ts";
import { openRelay, type Relay } from "../setup/relay.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy } from "./manifests.ts";
import { createNamespace, createPod, issueGenieToken, mustCall, toPodPath } from "./pods.ts";

/** The namespace of the pods. */
export const SHOP = "shop";

interface Called {
  readonly name: string;
  readonly uid: string;
  readonly fields?: object;
}

/** Node n1 of a cluster with `cni/deploy`, where genie has the token of its own pod, and a namespace `shop`. */
export interface ClusterNode extends AsyncDisposable {
  readonly cluster: ClusterServer;
  readonly node: TestNode;
  /** The node's way to the API server. */
  readonly relay: Relay;
  /** As the kubelet's runtime calls for a pod of shop, whose annotations it doesn't hand over. */
  call(verb: "ADD" | "CHECK" | "DEL", pod: NetworkNamespace, called: Called): Promise<GenieAnswer>;
  /** A pod of shop on this node. @returns its UID. */
  create(name: string, annotations: Readonly<Record<string, string>>): Promise<string>;
  /** Of a pod of shop. */
  readAnnotations(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** About the pod of this UID. */
  listEvents(uid: string): Promise<readonly { readonly reason: string; readonly message: string }[]>;
}

export async function startClusterNode(): Promise<ClusterNode> {
  await using undo = new AsyncDisposableStack();
  const cluster = undo.use(await startCluster());
  await deploy(cluster);
  await createNamespace(cluster, SHOP);
  const node = undo.use(await makeNode());
  const relay = undo.use(await openRelay(node.namespace, Number(new URL(cluster.url).port)));
  const folder = await mkdtemp("/run/genie-plugin-");
  undo.defer(() => rm(folder, { recursive: true }));
  const kubeconfig = await writeKubeconfig(path.join(folder, "kubeconfig"), {
    cluster: {
      server: `https://${relay.host}`,
      "tls-server-name": "localhost",
      "certificate-authority": cluster.certified.authority,
    },
    user: { token: await issueGenieToken(cluster) },
  });
  const kept = undo.move();
  return {
    cluster,
    node,
    relay,
    call: (verb, pod, { name, uid, fields }) => {
      const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=${SHOP};K8S_POD_NAME=${name};K8S_POD_UID=${uid}`;
      const stdin = node.config({}, { kubernetes: { kubeconfig }, runtimeConfig: {}, ...fields });
      return callGenie(node, { verb, pod, args, stdin });
    },
    ...toPods(cluster),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface PodAnswer {
  readonly metadata: { readonly uid: string; readonly annotations?: Readonly<Record<string, string>> };
}

function toPods(cluster: ClusterServer): Pick<ClusterNode, "create" | "readAnnotations" | "listEvents"> {
  return {
    create: async (name, annotations) => {
      const created = await createPod(cluster, { namespace: SHOP, name, node: "n1", annotations });
      return (created as PodAnswer).metadata.uid;
    },
    readAnnotations: async (name) => {
      const pod = await mustCall(cluster, { path: toPodPath({ namespace: SHOP, name }) });
      return (pod as PodAnswer).metadata.annotations;
    },
    listEvents: async (uid) => {
      const query = new URLSearchParams({ fieldSelector: `involvedObject.uid=${uid}` }).toString();
      const events = await mustCall(cluster, { path: `/api/v1/namespaces/${SHOP}/events?${query}` });
      return (events as { items: { reason: string; message: string }[] }).items;
    },
  };
}

import { expect } from "vitest";
import type { ApiAnswer, ApiCall } from "./api-call.ts";
import type { ClusterServer } from "./api-server.ts";

/** One call that must succeed; answers the object. */
export async function mustCall(cluster: ClusterServer, call: ApiCall): Promise<unknown> {
  const { status, body } = await cluster.call(call);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body;
}

/** A namespace with the service account that pods of it have. */
export async function createNamespace(cluster: ClusterServer, name: string): Promise<void> {
  await mustCall(cluster, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } });
  const path = `/api/v1/namespaces/${name}/serviceaccounts`;
  await mustCall(cluster, { method: "POST", path, body: { metadata: { name: "default" } } });
}

export interface PodOptions {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly serviceAccount?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A pod on that node, which no kubelet runs. */
export async function createPod(cluster: ClusterServer, options: PodOptions): Promise<unknown> {
  const { namespace, name, node, serviceAccount = "default", ...metadata } = options;
  const containers = [{ name: "main", image: "none" }];
  const body = {
    metadata: { name, ...metadata },
    spec: { nodeName: node, serviceAccountName: serviceAccount, containers },
  };
  return mustCall(cluster, { method: "POST", path: `/api/v1/namespaces/${namespace}/pods`, body });
}

export const toPodPath = ({ namespace, name }: Pick<PodOptions, "namespace" | "name">): string =>
  `/api/v1/namespaces/${namespace}/pods/${name}`;

/** A token of genie's service account, bound to the pod in which genie runs on node n1: as the kubelet mounts it. */
export async function issueGenieToken(cluster: ClusterServer): Promise<string> {
  const account = { namespace: "kube-system", serviceAccount: "genie" };
  await createPod(cluster, { ...account, name: "genie-n1", node: "n1" });
  return await issueToken(cluster, { ...account, bound: { kind: "Pod", name: "genie-n1" } });
}

interface TokenOptions {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** To what it is bound: a pod that runs under the account, as the kubelet's tokens are, or a node. */
  readonly bound?: { readonly kind: "Pod" | "Node"; readonly name: string };
}

/** A token of a service account. Source: Kubernetes, "TokenRequest". */
export async function issueToken(cluster: ClusterServer, options: TokenOptions): Promise<string> {
  const { namespace, serviceAccount, bound } = options;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const spec = bound === undefined ? {} : { boundObjectRef: { apiVersion: "v1", ...bound } };
  const body = await mustCall(cluster, { method: "POST", path, body: { spec } });
  return (body as { status: { token: string } }).status.token;
}

/** The words of a refusal. */
export const messageOf = ({ body }: ApiAnswer): string => (body as { message?: string }).message ?? "";

import path from "node:path";
import type { ClusterConfig } from "../../core/cluster-config.ts";
import { Failure } from "../../core/errors.ts";
import { readGuarded } from "./files.ts";
import { type Access, parseKubeconfig } from "./kubeconfig.ts";

/** Where Kubernetes mounts what a pod may know of its API server. */
const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

const NOBODY: Access = {
  server: undefined,
  serverName: undefined,
  skipsVerify: false,
  authority: undefined,
  token: undefined,
  certificate: undefined,
  key: undefined,
};

/**
 * How the API server is reached: by the kubeconfig, or else as the service account of the pod in which we run. What
 * genie's own configuration says counts before either.
 *
 * @throws {Failure} invalidConfig naming the file and the field.
 */
export async function readAccess(
  { kubernetes, policy }: ClusterConfig,
  env: NodeJS.ProcessEnv,
): Promise<Access> {
  const { kubeconfig } = kubernetes;
  const found = kubeconfig === undefined ? findServiceAccount(env) : await readKubeconfig(kubeconfig);
  const { k8s_client_certificate: certificate, k8s_client_key: key } = policy ?? {};
  const { k8s_certificate_authority: authority, k8s_auth_token: token } = policy ?? {};
  const root = kubernetes.k8s_api_root ?? policy?.k8s_api_root;
  return {
    ...found,
    ...(root && { server: root.split("/api/", 1)[0] }),
    ...(token && { token: { text: token, from: "policy.k8s_auth_token" } }),
    ...(certificate && { certificate: { file: certificate } }),
    ...(key && { key: { file: key } }),
    ...(authority && { authority: { file: authority } }),
  };
}

/** Source: Kubernetes, "Accessing the Kubernetes API from a Pod". */
function findServiceAccount({
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port = "443",
}: NodeJS.ProcessEnv): Access {
  if (host === undefined) return NOBODY;
  return {
    ...NOBODY,
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    authority: { file: path.join(SERVICE_ACCOUNT_DIR, "ca.crt") },
    token: { file: path.join(SERVICE_ACCOUNT_DIR, "token") },
  };
}

async function readKubeconfig(file: string): Promise<Access> {
  const yaml = await readGuarded(file);
  try {
    return parseKubeconfig(yaml, file);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw new Failure(cause.kind, `${file}: ${cause.message}`, { details: cause.details, cause });
  }
}

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CLONE_DIR } from "../setup/build.ts";
import type { ClusterServer } from "./api-server.ts";
import { mustCall } from "./pods.ts";

const DEPLOY_DIR = path.join(CLONE_DIR, "cni/deploy");
const WAIT_MS = 60_000;
const POLL_MS = 50;
const DEFINITION = "CustomResourceDefinition";

interface Manifest {
  readonly kind: string;
  readonly name: string;
  /** Of the object in the API. */
  readonly path: string;
  /** YAML. */
  readonly text: string;
}

/** Where objects of the kinds that we bring lie; NAMESPACE is the object's own. */
const FOLDERS: Readonly<Record<string, string>> = {
  [DEFINITION]: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  ServiceAccount: "/api/v1/namespaces/NAMESPACE/serviceaccounts",
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  ValidatingAdmissionPolicy: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
  ValidatingAdmissionPolicyBinding: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
  NetworkAttachmentDefinition: "/apis/k8s.cni.cncf.io/v1/namespaces/NAMESPACE/network-attachment-definitions",
  DaemonSet: "/apis/apps/v1/namespaces/NAMESPACE/daemonsets",
  Pod: "/api/v1/namespaces/NAMESPACE/pods",
};

/** Applies `cni/deploy`. Returns when what it defines is served. */
export async function deploy(cluster: ClusterServer): Promise<void> {
  for (const { kind, path: place } of await apply(cluster, DEPLOY_DIR)) {
    if (kind === DEFINITION) await waitUntilServed(cluster, place);
  }
}

/** Applies the manifests below a folder as `kubectl apply --server-side` does. */
export async function apply(cluster: ClusterServer, dir: string): Promise<readonly Manifest[]> {
  const manifests = await readManifests(dir);
  for (const { path: place, text } of manifests) {
    const options = "fieldManager=genie&fieldValidation=Strict";
    const contentType = "application/apply-patch+yaml";
    await mustCall(cluster, { method: "PATCH", path: `${place}?${options}`, contentType, text });
  }
  return manifests;
}

async function readManifests(dir: string): Promise<readonly Manifest[]> {
  const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith(".yaml"));
  const texts = await Promise.all(files.map((file) => readFile(path.join(dir, file), "utf8")));
  return texts.flatMap((text) => text.split(/^---$/m)).map(toManifest);
}

function toManifest(text: string): Manifest {
  const [, kind = ""] = /^kind: (\w+)$/m.exec(text) ?? [];
  const [, name = ""] = /^metadata:\n {2}name: (\S+)$/m.exec(text) ?? [];
  const [, namespace = ""] = /^ {2}namespace: (\S+)$/m.exec(text) ?? [];
  const folder = FOLDERS[kind]?.replace("NAMESPACE", namespace);
  if (folder === undefined || name === "") throw new Error(`no object of a known kind: ${text}`);
  return { kind, name, path: `${folder}/${name}`, text };
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly [{ readonly name: string }];
  };
}

/** What is defined is served some time later, and refused as too many requests in between. */
async function waitUntilServed(cluster: ClusterServer, definition: string): Promise<void> {
  const { spec } = (await mustCall(cluster, { path: definition })) as Definition;
  const all = `/apis/${spec.group}/${spec.versions[0].name}/${spec.names.plural}`;
  await waitUntil(`${all} is served`, async () => (await cluster.call({ path: all })).status === 200);
}

/** @throws {Error} naming what didn't come about in time. */
export async function waitUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
    await sleep(POLL_MS);
  }
}

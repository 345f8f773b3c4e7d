import path from "node:path";
import type http from "node:http";
import { startScriptedApi } from "../fakes/scripted-api.ts";
import { answerIn, openStage, type Stage, type Subject } from "./stage.ts";

export const NETWORKS = "k8s.v1.cni.cncf.io/networks";
export const STATUS = "k8s.v1.cni.cncf.io/network-status";
const CNI_ARGS = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1";
export const PREFIX = "/apis/k8s.cni.cncf.io/v1/namespaces/shop/network-attachment-definitions";

/** What the API server has, by its path. */
type Objects = Readonly<Record<string, unknown>>;

export const defined = (name: string, config?: unknown, more: object = {}) => ({
  metadata: { namespace: "shop", name, ...more },
  spec: config === undefined ? {} : { config: JSON.stringify(config) },
});
export const conf = (type: string, more: object = {}) => ({ cniVersion: "1.0.0", type, ...more });

function answerFrom(objects: Objects) {
  return (response: http.ServerResponse): void => {
    const { method, url = "" } = response.req;
    const found = method === "PATCH" || method === "POST" ? {} : objects[url.split("?")[0] ?? ""];
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(found ?? { kind: "Status", code: 404, reason: "NotFound" }));
  };
}

/** A node whose default network is `main`, in a cluster with these objects; plugins of all these names. */
export async function openNode(subject: Subject, objects: Objects) {
  const undo = new AsyncDisposableStack();
  const stage = undo.use(await openStage(subject));
  const api = undo.use(await startScriptedApi());
  const kubernetes = { kubeconfig: await api.writeKubeconfig() };
  api.answers = [answerFrom(objects)];
  for (const plugin of ["main", "one", "two"]) await stage.plugins.plugin(plugin, answerIn("1.0.0"));
  await stage.addNetwork("10-main.conf", { ...conf("main"), name: "main" });
  const usual = {
    confDir: stage.confDir,
    stateDir: path.join(stage.plugins.dir, "state"),
    secondaryRoutes: "keep",
  };
  const call = (verb: "ADD" | "DEL" | "CHECK", networks: string, more: object = {}) => {
    const runtimeConfig = { "io.kubernetes.cri.pod-annotations": { [NETWORKS]: networks } };
    const genie = { ...usual, ...more }; // no namespace here in which there would be routes
    return stage.call(verb, { stdin: { kubernetes, runtimeConfig, genie }, env: { CNI_ARGS } });
  };
  return { stage, api, call, [Symbol.asyncDispose]: () => undo.disposeAsync() };
}

export async function takeCalls(stage: Stage): Promise<readonly string[]> {
  return (await stage.plugins.takeCalls()).map(({ verb, plugin, ifName }) => `${verb} ${plugin} ${ifName}`);
}

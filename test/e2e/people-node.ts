import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ScriptedApi } from "../fakes/scripted-api.ts";
import { type NetworkNamespace, runIn, runIp } from "../setup/namespace.ts";
import type { Relay } from "../setup/relay.ts";
import { callGenie, type GenieAnswer, makeNode, type TestNode } from "./node.ts";
import { startNodeApi } from "./node-api.ts";

/** A node as CNI-Genie's users have it, with real plugins under the names of their networks, and an API server. */
export interface PeopleNode {
  readonly node: TestNode;
  readonly confDir: string;
  readonly api: ScriptedApi;
  readonly relay: Relay;
  /** Writes or replaces a file of the conf folder. */
  conf(file: string, content: object | string): Promise<void>;
  /** Adds a plugin that does this on ADD, in sh, and nothing on DEL. */
  plugin(name: string, script: string): Promise<void>;
  /** `00-genie.conf` as CNI-Genie's installer leaves it; only genie's own folders are added, and what a test needs. */
  config(fields?: object): Record<string, unknown>;
  call(verb: "ADD" | "DEL", pod: NetworkNamespace, more?: CallMore): Promise<GenieAnswer>;
  /** Calls ADD of a pod whose annotations the API server has. */
  add(pod: NetworkNamespace, annotations: object, fields?: object): Promise<GenieAnswer>;
}

interface CallMore {
  readonly fields?: object;
  readonly args?: string;
}

const POD_ARGS =
  "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-1;K8S_POD_INFRA_CONTAINER_ID=c;K8S_POD_UID=u-1";

/** What the API server says of the pod. */
export const shown = (annotations: object) => ({ body: { metadata: { uid: "u-1", annotations } } });

export async function makePeopleNode(undo: AsyncDisposableStack): Promise<PeopleNode> {
  const bare = undo.use(await makeNode());
  const pluginDir = path.join(path.dirname(bare.confDir), "plugins");
  await mkdir(pluginDir);
  const node = { ...bare, cniPath: `${pluginDir}:${bare.cniPath}` };
  const { api, relay, kubeconfig } = await startNodeApi(node, undo);
  const confDir = path.join(path.dirname(node.confDir), "people.d");
  await mkdir(confDir);
  await runIp(["-n", node.namespace.name, "route", "add", "default", "dev", "red0"]);
  const people: PeopleNode = {
    node,
    confDir,
    api,
    relay,
    conf: (file, content) =>
      writeFile(path.join(confDir, file), typeof content === "string" ? content : JSON.stringify(content)),
    plugin: (name, script) => {
      const text = `#!/bin/sh\n[ $CNI_COMMAND = ADD ] || exit 0\n${script}\n`;
      return writeFile(path.join(pluginDir, name), text, { mode: 0o755 });
    },
    config: (fields) => ({
      ...LEFT_BY_INSTALLER,
      ...toFolders(node, confDir),
      ...toCluster(kubeconfig),
      ...fields,
    }),
    call: (verb, pod, { fields, args = POD_ARGS } = {}) =>
      callGenie(node, { verb, pod, args, stdin: people.config(fields) }),
    add: (pod, annotations, fields) => {
      api.answers = [shown(annotations), {}];
      return people.call("ADD", pod, { ...(fields !== undefined && { fields }) });
    },
  };
  for (const [file, content] of Object.entries(listFiles(node.dataDir))) await people.conf(file, content);
  return people;
}

/** Source: CNI-Genie, conf/1.8/genie-plugin.yaml and its launch.sh; `policy` and the rest as calico's users had them. */
const LEFT_BY_INSTALLER = {
  name: "k8s-pod-network",
  type: "genie",
  cniVersion: "0.3.1",
  log_level: "info",
  datastore_type: "kubernetes",
  hostname: "node-1",
  policy: { type: "k8s", k8s_auth_token: "" },
  etcd_endpoints: "http://127.0.0.1:2379",
  romana_root: "http://127.0.0.1:9600",
  segment_label_name: "romanaSegment",
  default_plugin: "weave",
};

function toFolders({ stateDir, storeDir }: TestNode, confDir: string): object {
  return { genie: { confDir, stateDir, moduleStore: storeDir } };
}

function toCluster(kubeconfig: string): object {
  return { kubernetes: { k8s_api_root: "", kubeconfig } };
}

/** Files under the names that CNI-Genie's users gave them; calico's has the name of genie's own configuration. */
function listFiles(dataDir: string): Readonly<Record<string, object>> {
  const ipam = (subnet: string) => ({
    type: "host-local",
    dataDir,
    subnet,
    routes: [{ dst: "0.0.0.0/0" }],
  });
  const bridge = { type: "bridge", isGateway: true };
  return {
    "00-genie.conf": LEFT_BY_INSTALLER,
    "10-calico.conflist": {
      name: "k8s-pod-network",
      cniVersion: "0.3.0",
      plugins: [{ type: "ptp", ipam: ipam("192.168.0.0/16") }],
    },
    "10-flannel.conf": { name: "cbr0", ...bridge, bridge: "cni0", ipam: ipam("10.244.0.0/16") },
    "10-weave.conf": { name: "weave", ...bridge, bridge: "weave", ipam: ipam("10.32.0.0/12") },
  };
}

/** The pod's interfaces with their addresses, such as `eth0 10.32.0.2/12`. */
export async function listAddresses(pod: NetworkNamespace): Promise<readonly string[]> {
  const { stdout } = await runIn(pod, ["ip", "-json", "-4", "address", "show"]);
  const links: readonly { ifname: string; addr_info: { local: string; prefixlen: number }[] }[] =
    JSON.parse(stdout);
  return links
    .filter(({ ifname }) => ifname !== "lo")
    .map(({ ifname, addr_info }) =>
      [ifname, ...addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`)].join(" "),
    );
}

import path from "node:path";
import { Failure } from "../../core/errors.ts";
import { SYSTEM_NAMESPACES } from "../../core/intent/pod.ts";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { NETWORK_NAME } from "../../core/spec/network.ts";
import { CONF_EXTENSIONS } from "../conf-folder.ts";
import { type Converted, type KeyRule, requireFlag, requireList, requireText } from "./rule.ts";
import { raiseVersion } from "./version.ts";

const DAEMON = "there is no daemon that runs plugins";
const INSTALL = "of Multus' own installation";
const CONF_DIR = "`genie.confDir`, without the `/host` before it that the daemon's container has";
const DEFINED = "a definition's configuration is to be a file of `genie.confDir`";
const LOGS = "genie logs what is wrong, as JSON on stderr, which runtimes keep";

/** The keys of Multus' configuration, of its shim and of its daemon. Source: multus-cni, pkg/types/types.go. */
export const MULTUS_KEYS: readonly KeyRule[] = [
  {
    key: "cniVersion",
    fate: "kept",
    words: "raised to 1.0.0 where it is older than 0.3.1",
    convert: (value) => raiseVersion(requireText(value, "cniVersion")),
  },
  { key: "name", fate: "kept", words: "as it is" },
  { key: "type", fate: "converted", words: "`genie`", convert: () => ({ config: { type: "genie" } }) },
  {
    key: "kubeconfig",
    fate: "converted",
    words: "`kubernetes.kubeconfig`",
    convert: (value) => ({ config: { kubernetes: { kubeconfig: requireText(value, "kubeconfig") } } }),
  },
  {
    key: "clusterNetwork",
    fate: "converted",
    words: `\`default_plugin\`; of a file, its folder is \`genie.confDir\`; ${DEFINED}`,
    convert: toDefault,
  },
  {
    key: "delegates",
    fate: "converted",
    words:
      "a file each in `genie.confDir`: the first is `default_plugin`, the others `genie.defaultNetworks`",
    convert: toFiles,
  },
  {
    key: "defaultNetworks",
    fate: "converted",
    words: `\`genie.defaultNetworks\`; ${DEFINED}`,
    convert: toMoreDefaults,
  },
  {
    key: "confDir",
    fate: "converted",
    words: CONF_DIR,
    convert: (value) => ({ config: { genie: { confDir: toNodePath(requireText(value, "confDir")) } } }),
  },
  {
    key: "cniConfigDir",
    fate: "converted",
    words: CONF_DIR,
    convert: (value) => ({ config: { genie: { confDir: toNodePath(requireText(value, "cniConfigDir")) } } }),
  },
  {
    key: "namespaceIsolation",
    fate: "converted",
    words: "`genie.namespaceIsolation`; `v1.multus-cni.io/default-network` is under it too",
    convert: (value) => ({
      config: { genie: { namespaceIsolation: requireFlag(value, "namespaceIsolation") } },
    }),
  },
  {
    key: "globalNamespaces",
    fate: "converted",
    words: "`genie.globalNamespaces`, a list",
    convert: (value) => ({
      config: { genie: { globalNamespaces: splitNames(requireText(value, "globalNamespaces")) } },
    }),
  },
  {
    key: "capabilities",
    fate: "kept",
    words:
      "with those added that genie passes on, and the one by which annotations come without a call to the API server",
  },
  {
    key: "systemNamespaces",
    fate: "dropped",
    words: "kube-system, kube-public and kube-node-lease are",
    convert: toSystemNamespaces,
  },
  {
    key: "multusNamespace",
    fate: "by hand",
    words:
      "networks of the configuration are files; give the definitions' configurations names in `genie.confDir`",
  },
  {
    key: "auxiliaryCNIChainName",
    fate: "by hand",
    words: "put its plugins into the default network's list, or into the folder of its name beside it",
  },
  { key: "binDir", fate: "dropped", words: "plugins are where CNI_PATH says" },
  {
    key: "cniDir",
    fate: "dropped",
    words: "what is attached stands in `genie.stateDir`; drain the node first",
  },
  {
    key: "readinessindicatorfile",
    fate: "dropped",
    words: "STATUS asks the default network itself; no ADD waits for a file",
  },
  {
    key: "retryDeleteOnError",
    fate: "dropped",
    words: "always so: what fails to be undone stays in the ledger",
  },
  { key: "runtimeConfig", fate: "dropped", words: "the runtime sets it" },
  ...["logFile", "logLevel", "logToStderr", "logOptions"].map((key): KeyRule => ({
    key,
    fate: "dropped",
    words: LOGS,
  })),
  ...["chrootDir", "socketDir", "connectionLimit", "enablePprof", "metricsPort"].map((key): KeyRule => ({
    key,
    fate: "dropped",
    words: DAEMON,
  })),
  { key: "perNodeCertificate", fate: "dropped", words: "a service account's token, read anew from its file" },
  ...[
    "multusConfigFile",
    "multusAutoconfigDir",
    "multusMasterCNI",
    "forceCNIVersion",
    "overrideNetworkName",
  ].map((key): KeyRule => ({ key, fate: "dropped", words: INSTALL })),
];

/** A file's name has at most 255 bytes, with what comes before and after; the network is found by the name in the file. */
const MOST_STEM = 240;

/** Where the daemon's container sees it, the node's folder has `/host` before it. Source: multus-daemonset-thick.yml. */
function toNodePath(file: string): string {
  return file.replace(/^\/host(?=\/)/, "");
}

/** A name, the path of a file, or the path of a folder. */
function toDefault(value: unknown): Converted {
  const named = toNodePath(requireText(value, "clusterNetwork"));
  if (named === "") return { config: {} };
  if (!named.includes("/")) return { config: { default_plugin: named } };
  const { dir, name, ext } = path.posix.parse(named);
  if (CONF_EXTENSIONS.includes(ext)) return { config: { default_plugin: name, genie: { confDir: dir } } };
  return {
    config: { genie: { confDir: path.posix.normalize(named) } },
    words: "`genie.confDir`; the first file there that can be used is the default network",
  };
}

/** What Multus finds by a path has to be brought into the one folder. */
function toMoreDefaults(value: unknown, plugin: JsonObject): Converted {
  const all = requireTexts(value, "defaultNetworks");
  if (!hasClusterNetwork(plugin) && "delegates" in plugin) return passOver("delegates");
  const paths = all.filter((name) => name.includes("/"));
  const config = { genie: { defaultNetworks: all.filter((name) => !name.includes("/")) } };
  if (paths.length === 0) return { config };
  const words = `put what ${paths.join(", ")} has into files of \`genie.confDir\`, and their names into \`genie.defaultNetworks\``;
  return { config, fate: "by hand", words };
}

/** Source: multus-cni, pkg/multus, `CmdAdd`: the default networks are looked for where `clusterNetwork` is. */
function hasClusterNetwork({ clusterNetwork }: JsonObject): boolean {
  return typeof clusterNetwork === "string" && clusterNetwork !== "";
}

function passOver(beside: string): Converted {
  return { config: {}, fate: "dropped", words: `Multus passes them over beside \`${beside}\`` };
}

function toFiles(value: unknown, plugin: JsonObject): Converted {
  if (hasClusterNetwork(plugin)) return passOver("clusterNetwork");
  const delegates = requireList(value, "delegates").map(requireDelegate);
  const [first, ...others] = delegates.map(({ name }) => name);
  return {
    config: {
      ...(first === undefined ? {} : { default_plugin: first }),
      ...(others.length === 0 ? {} : { genie: { defaultNetworks: others } }),
    },
    files: delegates.map(({ name, content }, at) => ({
      name: `${10 + at}-${name.slice(0, MOST_STEM)}.${"plugins" in content ? "conflist" : "conf"}`,
      content,
    })),
  };
}

/** @throws {Failure} invalidConfig for what couldn't be a file of its own */
function requireDelegate(delegate: unknown, at: number): { name: string; content: JsonObject } {
  const { name } = isJsonObject(delegate) ? delegate : {};
  if (isJsonObject(delegate) && typeof name === "string" && NETWORK_NAME.test(name))
    return { name, content: delegate };
  throw new Failure("invalidConfig", `delegates[${at}].name: is missing or malformed`, {
    details: "give each delegate a name of letters, digits, '_', '.', '-'",
  });
}

function toSystemNamespaces(value: unknown): Converted {
  const others = requireTexts(value, "systemNamespaces").filter((name) => !SYSTEM_NAMESPACES.includes(name));
  if (others.length === 0) return { config: {} };
  return {
    config: {},
    fate: "by hand",
    words: `genie gives \`genie.defaultNetworks\` to pods of ${others.join(", ")} too`,
  };
}

function requireTexts(value: unknown, key: string): readonly string[] {
  return requireList(value, key).map((one, at) => requireText(one, `${key}[${at}]`));
}

function splitNames(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

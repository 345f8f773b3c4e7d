import { describe, expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { listNetworks } from "../../core/networks/candidates.ts";
import { findNetwork } from "../../core/networks/find-network.ts";
import type { JsonObject } from "../../core/spec/json.ts";
import { planMigration } from "./migrate.ts";

const capabilities = {
  portMappings: true,
  bandwidth: true,
  ips: true,
  mac: true,
  "io.kubernetes.cri.pod-annotations": true,
};

/** As CNI-Genie's ConfigMap has it, and every key of its samples. */
const cniGenie = {
  name: "k8s-pod-network",
  type: "genie",
  cniVersion: "0.2.0",
  log_level: "info",
  datastore_type: "kubernetes",
  hostname: "node-1",
  etcd_endpoints: "http://10.0.0.1:6666",
  policy: { type: "k8s", k8s_auth_token: "secret", k8s_api_root: "https://10.96.0.1:443/api/v1/" },
  kubernetes: { k8s_api_root: "https://10.96.0.1:443", kubeconfig: "/etc/cni/net.d/genie-kubeconfig" },
  romana_root: "http://10.0.0.1:9600",
  segment_label_name: "romanaSegment",
  default_plugin: "weave,flannel@eth3",
  cAdvisor_address: "http://127.0.0.1:5050",
};

const delegate = { name: "calico", cniVersion: "0.3.1", plugins: [{ type: "calico" }, { type: "portmap" }] };
const multus = {
  cniVersion: "0.3.1",
  name: "multus-cni-network",
  type: "multus",
  capabilities: { portMappings: true, infinibandGUID: true },
  kubeconfig: "/etc/cni/net.d/multus.d/multus.kubeconfig",
  confDir: "/etc/cni/multus/net.d",
  namespaceIsolation: true,
  globalNamespaces: "default, shared",
  systemNamespaces: ["kube-system"],
  logLevel: "debug",
  delegates: [delegate, { name: "storage", type: "macvlan", master: "eth1" }],
};

test("CNI-Genie's configuration keeps what it read, under a version with room for several interfaces", () => {
  const { source, config, files, notes } = planMigration(cniGenie);
  expect(source).toBe("cni-genie");
  expect(files).toEqual([]);
  expect(config).toEqual({
    name: "k8s-pod-network",
    type: "genie",
    cniVersion: "1.0.0",
    capabilities,
    policy: { k8s_auth_token: "secret", k8s_api_root: "https://10.96.0.1:443/api/v1/" },
    kubernetes: cniGenie.kubernetes,
    default_plugin: "weave,flannel@eth3",
    cAdvisor_address: "http://127.0.0.1:5050",
  });
  expect(parseConfig(JSON.stringify(config))).toMatchObject({ default_plugin: "weave,flannel@eth3" });
  const fates = Object.fromEntries(notes.map(({ key, fate }) => [key, fate]));
  expect(fates).toMatchObject({
    cniVersion: "converted",
    "policy.k8s_auth_token": "kept",
    "policy.type": "dropped",
    romana_root: "dropped",
  });
  expect(JSON.stringify(notes)).not.toContain("secret");
});

test("Multus' configuration becomes genie's, and its delegates files", () => {
  const { source, config, files } = planMigration(multus);
  expect(source).toBe("multus");
  expect(config).toEqual({
    type: "genie",
    kubernetes: { kubeconfig: multus.kubeconfig },
    capabilities: { ...capabilities, infinibandGUID: true },
    cniVersion: "0.3.1",
    name: "multus-cni-network",
    default_plugin: "calico",
    genie: {
      confDir: "/etc/cni/multus/net.d",
      namespaceIsolation: true,
      globalNamespaces: ["default", "shared"],
      defaultNetworks: ["storage"],
    },
  });
  expect(parseConfig(JSON.stringify(config)).genie).toMatchObject({ namespaceIsolation: true });
  expect(files).toEqual([
    { name: "10-calico.conflist", content: delegate },
    { name: "11-storage.conf", content: multus.delegates[1] },
  ]);
});

test("a delegate's file has a name that a file system takes, and its network is found by its own", () => {
  const [conf, list] = ["a", "b"].map((letter) => letter.repeat(253));
  const delegates = [
    { name: conf, type: "bridge" },
    { name: list, plugins: [{ type: "bridge" }] },
  ];
  const { config, files } = planMigration({ type: "multus", delegates });
  expect(config).toMatchObject({ default_plugin: conf, genie: { defaultNetworks: [list] } });
  for (const { name } of files) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  const inFolder = files.map(({ name, content }) => ({ name, text: JSON.stringify(content) }));
  const own = parseConfig(JSON.stringify({ name: "genie", type: "genie" }));
  const networks = listNetworks({ files: inFolder, pluginFilesByNetwork: new Map() }, own);
  expect(delegates.map(({ name = "" }) => findNetwork(name, networks)?.network.name)).toEqual([conf, list]);
});

test.each<[string, JsonObject]>([
  ["calico", { default_plugin: "calico" }],
  [
    "/etc/cni/net.d/10-calico.conflist",
    { default_plugin: "10-calico", genie: { confDir: "/etc/cni/net.d" } },
  ],
  ["/etc/cni/net.d", { genie: { confDir: "/etc/cni/net.d" } }],
  [
    "/host/etc/cni/net.d/10-calico.conflist",
    { default_plugin: "10-calico", genie: { confDir: "/etc/cni/net.d" } },
  ],
])("Multus' clusterNetwork %s", (clusterNetwork, config) => {
  const plan = planMigration({ cniVersion: "1.0.0", name: "m", type: "multus-shim", clusterNetwork });
  expect(plan.config).toEqual({
    type: "genie",
    kubernetes: {},
    capabilities,
    cniVersion: "1.0.0",
    name: "m",
    ...config,
  });
});

test("in a list, its own plugin alone is replaced", () => {
  const file = {
    cniVersion: "0.4.0",
    name: "m",
    plugins: [{ type: "multus", binDir: "/x" }, { type: "portmap" }],
  };
  expect(planMigration(file).config).toEqual({
    cniVersion: "0.4.0",
    name: "m",
    plugins: [{ type: "genie", kubernetes: {}, capabilities }, { type: "portmap" }],
  });
});

describe("nothing is lost unsaid:", () => {
  test.each<{ what: string; file: JsonObject; key: string; fate: string }>([
    {
      what: "a key that nobody knows",
      file: { type: "genie", mine: { a: 1 } },
      key: "mine",
      fate: "unknown",
    },
    {
      what: "a key in a known one",
      file: { type: "genie", policy: { x: 1 } },
      key: "policy.x",
      fate: "unknown",
    },
    {
      what: "__proto__",
      file: JSON.parse('{"type":"genie","__proto__":{"a":1}}'),
      key: "__proto__",
      fate: "unknown",
    },
    {
      what: "what has no counterpart",
      file: { type: "multus", auxiliaryCNIChainName: "x" },
      key: "auxiliaryCNIChainName",
      fate: "by hand",
    },
    {
      what: "other system namespaces",
      file: { type: "multus", systemNamespaces: ["mine"] },
      key: "systemNamespaces",
      fate: "by hand",
    },
  ])("$what", ({ file, key, fate }) => {
    const { config, notes } = planMigration(file);
    expect(notes).toContainEqual(expect.objectContaining({ key, fate }));
    if (fate === "unknown") expect(JSON.stringify(config)).toContain(JSON.stringify(key.split(".").at(-1)));
  });
});

test.each<[JsonObject, string]>([
  [{ type: "bridge" }, "type: is none of CNI-Genie's or Multus'"],
  [{ plugins: [{ type: "bridge" }] }, "plugins: none is of CNI-Genie or Multus"],
  [{ type: "multus", kubeconfig: 5 }, "kubeconfig: must be a text"],
  [{ type: "multus", namespaceIsolation: "yes" }, "namespaceIsolation: must be true or false"],
  [{ type: "multus", defaultNetworks: "a" }, "defaultNetworks: must be a list"],
  [{ type: "multus", defaultNetworks: [7] }, "defaultNetworks[0]: must be a text"],
  [{ type: "multus", delegates: [{ type: "x" }] }, "delegates[0].name: is missing or malformed"],
  [{ type: "multus", delegates: [{ name: "../x" }] }, "delegates[0].name: is missing or malformed"],
])("%j is refused", (file, message) => {
  expect(() => planMigration(file)).toThrow(expect.objectContaining({ kind: "invalidConfig", message }));
});

test("the configuration of Multus' daemon is taken when told whose it is", () => {
  // As multus-daemonset-thick.yml has it.
  const { config, notes } = planMigration(
    {
      chrootDir: "/hostroot",
      cniVersion: "0.3.1",
      logLevel: "verbose",
      logToStderr: true,
      cniConfigDir: "/host/etc/cni/net.d",
      multusAutoconfigDir: "/host/etc/cni/net.d",
      multusConfigFile: "auto",
      socketDir: "/host/run/multus/",
    },
    "multus",
  );
  expect(config).toEqual({
    cniVersion: "0.3.1",
    name: "genie",
    type: "genie",
    kubernetes: {},
    capabilities,
    genie: { confDir: "/etc/cni/net.d" },
  });
  expect(parseConfig(JSON.stringify(config)).genie.confDir).toBe("/etc/cni/net.d");
  expect(notes).toHaveLength(8);
});

import { access, readFile } from "node:fs/promises";
import { release } from "node:os";
import { unlessMissing } from "../../core/missing.ts";
import { type Finding, ok, problem, warning } from "./check.ts";
import { readKernelFeatures } from "./kernel-features.ts";
import { listPluginTypes } from "./networks.ts";
import type { Subject } from "./subject.ts";

interface Feature {
  readonly module: string;
  readonly option: string;
  /** Reference plugins that do nothing without it. */
  readonly plugins: readonly string[];
}

const FEATURES: readonly Feature[] = [
  { module: "bridge", option: "CONFIG_BRIDGE", plugins: ["bridge"] },
  { module: "veth", option: "CONFIG_VETH", plugins: ["bridge", "ptp"] },
  { module: "macvlan", option: "CONFIG_MACVLAN", plugins: ["macvlan"] },
  { module: "ipvlan", option: "CONFIG_IPVLAN", plugins: ["ipvlan"] },
  { module: "8021q", option: "CONFIG_VLAN_8021Q", plugins: ["vlan"] },
  { module: "dummy", option: "CONFIG_DUMMY", plugins: ["dummy"] },
  { module: "vrf", option: "CONFIG_NET_VRF", plugins: ["vrf"] },
  { module: "tun", option: "CONFIG_TUN", plugins: ["tap"] },
  { module: "nf_tables", option: "CONFIG_NF_TABLES", plugins: [] },
];

/** What the plugins of the node's networks need of the kernel. Loads no module. */
export async function checkKernel({ networks }: Subject): Promise<readonly Finding[]> {
  const features = await readKernelFeatures("/", release());
  const types = (await networks()).networks.flatMap(({ network }) => listPluginTypes(network.plugins));
  return await Promise.all(
    FEATURES.map(async ({ module, option, plugins }) => {
      const check = `kernel ${module}`;
      const how = await features.find(module, option);
      if (how !== undefined) return ok(check, how);
      const users = plugins.filter((plugin) => types.includes(plugin));
      if (users.length === 0) return ok(check, "nothing tells of it; no network is known to need it");
      const detail = `nothing tells of it (${features.sources.join(", ")}), and ${users.join(", ")} needs it`;
      return warning(check, { detail, todo: `try modprobe ${module}; a kernel may have it built in untold` });
    }),
  );
}

/** Genie's guest process has all of these of its own, where the kernel lets it. */
const NAMESPACES = ["net", "mnt", "pid", "ipc", "user"];
const NETNS_LIMIT = "/proc/sys/user/max_net_namespaces";

/** Whether containers can have network namespaces at all. */
export async function checkNamespaces(): Promise<readonly Finding[]> {
  const check = "kernel namespaces";
  const missing: string[] = [];
  for (const kind of NAMESPACES) {
    const found = await unlessMissing(access(`/proc/self/ns/${kind}`).then(() => true));
    if (found === undefined) missing.push(kind);
  }
  const limit = (await unlessMissing(readFile(NETNS_LIMIT, "utf8")))?.trim();
  if (limit === "0") {
    return [
      problem(check, { detail: `${NETNS_LIMIT} is 0`, todo: "set it to its default, or to 1000 or more" }),
    ];
  }
  if (missing.length === 0) {
    return [ok(check, `${NAMESPACES.join(", ")} (/proc/self/ns); at most ${limit ?? "?"} of net`)];
  }
  const tell = missing.includes("net") ? problem : warning;
  const detail = `/proc/self/ns has no ${missing.join(", ")}`;
  return [tell(check, { detail, todo: "take a kernel with these namespaces: modules are confined by them" })];
}

/** By it the ledger knows what a reboot has ended. */
export async function checkBoot({ ports }: Subject): Promise<readonly Finding[]> {
  return [ok("boot ID", `${await ports.kernel.bootId()} (/proc/sys/kernel/random/boot_id)`)];
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readKernelFeatures } from "./kernel-features.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "genie-kernel-"));
});
afterEach(() => rm(root, { recursive: true }));

async function put(name: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), content);
}

test("a feature is found wherever the kernel tells of it", async () => {
  await put("sys/module/bridge/refcnt", "0");
  await put("lib/modules/6.1/modules.builtin", "kernel/drivers/net/veth.ko\nkernel/net/not-dummy.ko\n");
  await put("lib/modules/6.1/modules.dep", "kernel/drivers/net/macvlan.ko.xz: kernel/net/ipvlans.ko.xz\n");
  await put("proc/config.gz", gzipSync("CONFIG_TUN=m\n# CONFIG_NET_VRF is not set\nCONFIG_IPVLAN_L3S=y\n"));
  const features = await readKernelFeatures(root, "6.1");
  const find = (module: string, option: string) => features.find(module, option);
  expect(await find("bridge", "CONFIG_BRIDGE")).toMatch(/^is there .*sys\/module\/bridge\)$/);
  expect(await find("veth", "CONFIG_VETH")).toMatch(/^is built in /);
  expect(await find("macvlan", "CONFIG_MACVLAN")).toMatch(/^can be loaded /);
  expect(await find("tun", "CONFIG_TUN")).toMatch(/^is there \(CONFIG_TUN=m in /);
  for (const [module, option] of [
    ["dummy", "CONFIG_DUMMY"],
    ["ipvlan", "CONFIG_IPVLAN"],
    ["vrf", "CONFIG_NET_VRF"],
  ] as const) {
    expect(await find(module, option)).toBeUndefined();
  }
});

test("a kernel that tells nothing has nothing", async () => {
  expect(await (await readKernelFeatures(root, "6.1")).find("bridge", "CONFIG_BRIDGE")).toBeUndefined();
});

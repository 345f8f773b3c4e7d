import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { addNamespace, listLinks, runIn } from "./namespace.ts";
import { addNetworks, NETWORK_NAMES, type NetworkName } from "./networks.ts";
import { runPlugin } from "./plugin.ts";
import { ensureTools, type Tools } from "./tools.ts";

let tools: Tools;
beforeAll(async () => (tools = await ensureTools()));

async function readFirstPlugin(confDir: string, name: NetworkName) {
  const file = (await readdir(confDir)).find((entry) => entry.endsWith(`-${name}.conflist`)) ?? "";
  const list = JSON.parse(await readFile(path.join(confDir, file), "utf8"));
  return { cniVersion: list.cniVersion, name: list.name, ...list.plugins[0] };
}

test.each(NETWORK_NAMES)("a pod on %s reaches its gateway, and DEL leaves nothing", async (name) => {
  const dir = await mkdtemp(path.join(tmpdir(), "networks-"));
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(dir, { recursive: true }));
  const node = undo.use(await addNamespace());
  const pod = undo.use(await addNamespace());
  await addNetworks({ confDir: dir, node, dataDir: path.join(dir, "leases") });
  const before = await listLinks(node);
  const stdin = await readFirstPlugin(dir, name);
  const call = {
    containerId: "c1",
    netns: pod.path,
    ifName: "eth0",
    cniPath: tools.cniPluginDir,
    node,
    stdin,
  };
  const program = path.join(tools.cniPluginDir, stdin.type);

  const added = await runPlugin({ ...call, program, verb: "ADD" });
  expect(added).toMatchObject({ exitCode: 0 });
  const { ips } = JSON.parse(added.stdout);
  const pinged = await runIn(pod, [tools.ping, "-c", "1", "-W", "2", ips[0].gateway]);
  expect(pinged).toMatchObject({ exitCode: 0 });

  expect(await runPlugin({ ...call, program, verb: "DEL" })).toMatchObject({ exitCode: 0 });
  expect(await listLinks(pod)).toEqual([]);
  const withoutBridge = (await listLinks(node)).filter((link) => link !== "cni-blue");
  expect(withoutBridge).toEqual(before);
  expect(await readdir(path.join(dir, "leases", name))).not.toContain(ips[0].address.split("/")[0]);
});

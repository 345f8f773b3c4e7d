import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { readDecisions } from "../e2e/node.ts";
import { DIST_DIR } from "../setup/build.ts";
import { runIn, runIp } from "../setup/namespace.ts";
import { startRegistry } from "../setup/registry-server.ts";
import type { ContainerdPrograms } from "../setup/tools.ts";
import { type CriNode, makeCriNode } from "./cri-node.ts";
import { type CriPod, endPod, listAddresses, readPodInfo, runPod, startContainer } from "./cri-pod.ts";
import { addIptables, listRules } from "./firewall-rules.ts";
import { addOutside, type Outside } from "./outside.ts";
import { readTraces, type Traces } from "./traces.ts";

const START_MS = 120_000;
const TEST_MS = 120_000; // on a machine that is busy with other tests

interface Version {
  /** Finds or builds it. */
  readonly ensure: () => Promise<ContainerdPrograms>;
  /** Of genie's conflist. */
  readonly cniVersion: string;
}

/** What containerd does with genie, whatever its version. @returns the node, once it is made. */
export function testContainerd({ ensure, cniVersion }: Version): () => CriNode {
  vi.setConfig({ testTimeout: TEST_MS });
  const kept = new AsyncDisposableStack();
  afterAll(() => kept.disposeAsync(), START_MS);
  let stage: CriNode;
  let outside: Outside;
  let before: Traces;
  beforeAll(async () => {
    await using undo = new AsyncDisposableStack();
    const dir = await mkdtemp(path.join(tmpdir(), "genie-registry-"));
    undo.defer(() => rm(dir, { recursive: true }));
    const { host } = undo.use(await startRegistry({ dir }));
    const refer = (name: string) => `${host}/genie/${name}:1.0.0`;
    const selection = {
      deadlineMs: 10_000, // who is chosen is tested here, and not how fast
      scorers: [{ module: refer("occupancy") }],
      selector: { module: refer("highest") },
    };
    const prepare = async (file: string): Promise<void> => {
      for (const name of ["occupancy", "highest"]) {
        await geniectl("push", path.join(DIST_DIR, `modules/${name}.wasm`), refer(name));
      }
      await geniectl("pin", "--config", file);
      await geniectl("pull", "--config", file);
    };
    stage = kept.use(
      await makeCriNode({ programs: await ensure(), cniVersion, block: { selection }, prepare }),
    );
    outside = kept.use(await addOutside(stage.node.namespace));
    before = await readTraces(stage.node, "containerd");
  }, START_MS);

  beforeEach(async () => void (await stage.plugins.takeCalls()));

  const run = (pod: CriPod) => runPod(stage.containerd.cri, pod);
  const end = (id: string) => endPod(stage.containerd.cri, id);
  const inspect = (id: string) => readPodInfo(stage.containerd.cri, id);
  const start = (id: string, pod: CriPod) => startContainer(stage.containerd.cri, id, pod);
  const stop = (id: string) => stage.containerd.cri.call("StopPodSandbox", { pod_sandbox_id: id });
  const expectNothingLeft = async () => expect(await readTraces(stage.node, "containerd")).toEqual(before);

  test.each([
    [{ cni: "blue" }, "10.10.1.", "explicit"],
    [{ cni: "green", "other.example/x": "y" }, "10.10.2.", "explicit"],
    [{ cni: "red" }, "10.10.3.", "explicit"],
    [{ cni: "" }, "10.10.", "selector"],
    [{}, "10.10.", "selector"],
  ])("a pod with the annotations %j runs, and nothing of it is left", async (annotations, subnet, by) => {
    const pod = { name: "web-1", annotations };
    const id = await run(pod);
    const { ips } = await inspect(id);
    expect(ips).toEqual([expect.stringContaining(subnet)]);
    expect((await readDecisions(stage.node)).at(-1)).toMatchObject({
      decidedBy: by,
      containerId: id,
      pod: { namespace: "shop", name: "web-1", uid: "uid-of-web-1" },
    });
    const exec = await start(id, pod);
    expect(await listAddresses(exec, "eth0")).toEqual([`${ips[0]}/24`]);
    await exec("ping", "-c1", "-W5", (ips[0] ?? "").replace(/\d+$/, "1"));
    await end(id);
    await expectNothingLeft();
  });

  test("the second DEL has neither a namespace nor a result, and succeeds", async () => {
    const id = await run({ name: "twice", annotations: { cni: "green" } });
    await end(id);
    const calls = (await stage.plugins.takeCalls()).filter(({ verb }) => verb !== "STATUS");
    const seen = calls.map(({ verb, netns, stdin }) => [verb, netns !== "", "prevResult" in stdin]);
    expect(seen).toEqual([
      ["ADD", true, false],
      ["DEL", true, true],
      ["DEL", false, false],
    ]);
    await expectNothingLeft();
  });

  test("the pod's host port is answered from outside, in a chain of five plugins; no rule outlives the pod", async () => {
    const { confDir, dataDir, namespace } = stage.node;
    const ipam = { type: "host-local", dataDir, subnet: "10.10.4.0/24", routes: [{ dst: "0.0.0.0/0" }] };
    const plugins = [
      { type: "ptp", ipMasq: true, ipam },
      { type: "tuning", sysctl: { "net.ipv4.conf.IFNAME.arp_filter": "1" } },
      { type: "bandwidth", capabilities: { bandwidth: true } },
      { type: "firewall" },
      { type: "portmap", capabilities: { portMappings: true } },
    ];
    const file = path.join(confDir, "50-chained.conflist");
    await writeFile(file, JSON.stringify({ cniVersion: "1.0.0", name: "chained", plugins }));
    await addIptables(stage.plugins, ["ptp", "firewall", "portmap"]);
    const pod: CriPod = {
      name: "chained",
      annotations: { cni: "chained", "kubernetes.io/ingress-bandwidth": "8M" },
      portMappings: [{ protocol: "TCP", container_port: 80, host_port: 18080 }],
    };
    const id = await run(pod);
    const exec = await start(id, pod);
    await exec("sh", "-c", "echo here I am > /tmp/page; httpd -h /tmp");
    expect(await outside.fetch(`http://${outside.node}:18080/page`)).toBe("here I am");
    expect(await exec("cat", "/proc/sys/net/ipv4/conf/eth0/arp_filter")).toBe("1\n");
    expect((await runIn(namespace, ["ip", "link", "show"])).stdout).toContain("qdisc tbf"); // what shapes it
    const [ip = ""] = (await inspect(id)).ips;
    expect((await listRules(namespace)).filter((rule) => rule.includes(ip))).not.toEqual([]);
    const added = (await stage.plugins.takeCalls()).filter(({ verb }) => verb === "ADD");
    const port = { HostPort: 18080, ContainerPort: 80, Protocol: "tcp", HostIP: "" };
    expect(added.map(({ plugin }) => plugin)).toEqual(["genie", "ptp", "firewall", "portmap"]);
    expect(added[0]?.stdin).toMatchObject({ runtimeConfig: { bandwidth: { IngressRate: 8_000_000 } } });
    expect(added[3]?.stdin).toMatchObject({ runtimeConfig: { portMappings: [port] } });
    await end(id);
    await rm(file);
    expect(
      (await listRules(namespace)).filter((rule) => rule.includes(ip) || rule.includes("18080")),
    ).toEqual([]);
    await expectNothingLeft();
  });

  test.each([
    ["an unknown network", "grene", "no network is called"],
    ["a delegate that fails", "broken", "the cable is unplugged; port 7; network broken, interface eth0"],
  ])("%s is told by containerd in our words, and its own DEL finds nothing to do", async (_, cni, words) => {
    const plugins = [{ type: "bridge", bridge: "cni-blue" }, { type: "unplugged" }];
    const file = path.join(stage.node.confDir, "60-broken.conflist");
    await writeFile(file, JSON.stringify({ cniVersion: "1.0.0", name: "broken", plugins }));
    const error = { cniVersion: "1.0.0", code: 207, msg: "the cable is unplugged", details: "port 7" };
    await stage.plugins.plugin(
      "unplugged",
      `[ "$CNI_COMMAND" = DEL ] || { echo '${JSON.stringify(error)}'; exit 1; }`,
    );
    await expect(run({ name: "unlucky", annotations: { cni } })).rejects.toThrow(words);
    const verbs = (await stage.plugins.takeCalls()).filter(({ plugin }) => plugin === "genie");
    expect(verbs.map(({ verb, netns }) => [verb, netns !== ""])).toEqual([
      ["ADD", true],
      ["DEL", true],
    ]);
    await rm(file);
    await expectNothingLeft();
  });

  test("a pod whose first process was killed comes back under another ID", async () => {
    const pod = { name: "phoenix", annotations: { cni: "blue" } };
    const first = await run(pod);
    const { pid } = await inspect(first);
    process.kill(pid, "SIGKILL");
    await stop(first); // the kubelet sees that the sandbox is gone, and stops it before it makes another
    const second = await run({ ...pod, attempt: 1 });
    await end(first);
    const exec = await start(second, { ...pod, attempt: 1 });
    await exec("ping", "-c1", "-W5", "10.10.1.1");
    await end(second);
    await expectNothingLeft();
  });

  test("a pod whose namespace is gone, as after a reboot of the node, leaves nothing", async () => {
    const id = await run({ name: "rebooted", annotations: { cni: "green" } });
    const { pid, netns } = await inspect(id);
    process.kill(pid, "SIGKILL");
    await runIp(["netns", "delete", path.basename(netns)]);
    await end(id);
    await expectNothingLeft();
  });

  test("pods that start and end at the same time have an address each", async () => {
    const pods = ["a", "b", "c", "d"].map((name) => ({ name, annotations: { cni: "blue" } }));
    const ids = await Promise.all(pods.map((pod) => run(pod)));
    const infos = await Promise.all(ids.map((id) => inspect(id)));
    expect(new Set(infos.flatMap(({ ips }) => ips)).size).toBe(pods.length);
    await Promise.all(ids.map(end));
    await expectNothingLeft();
  });

  test("containerd is started anew while a pod runs", async () => {
    const pod = { name: "steady", annotations: { cni: "red" } };
    const id = await run(pod);
    const exec = await start(id, pod);
    await stage.containerd.restart();
    await exec("ping", "-c1", "-W5", "10.10.3.1");
    await end(id);
    await expectNothingLeft();
  });

  test("a pod with three networks has an interface in each, and each gateway answers it there", async () => {
    const pod = { name: "many", annotations: { cni: "blue, green@data, red" } };
    const id = await run(pod);
    const exec = await start(id, pod);
    const gateways = { eth0: "10.10.1.1", data: "10.10.2.1", eth1: "10.10.3.1" };
    for (const [ifName, gateway] of Object.entries(gateways)) {
      const subnet = gateway.replace(/1$/, "");
      expect(await listAddresses(exec, ifName)).toEqual([expect.stringContaining(subnet)]);
      await exec("ping", "-c1", "-W5", "-I", ifName, gateway);
    }
    const [main] = await listAddresses(exec, "eth0");
    expect((await inspect(id)).ips).toEqual([main?.split("/")[0]]); // containerd tells the kubelet of eth0 alone
    await end(id);
    await expectNothingLeft();
  });
  return () => stage;
}

async function geniectl(...words: string[]): Promise<void> {
  await execa(path.join(DIST_DIR, "bin/geniectl"), words, { env: { GENIE_NODE: process.execPath } });
}

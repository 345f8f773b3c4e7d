import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { TestNode } from "../e2e/node.ts";
import type { PluginFolder } from "../plugins/scripted.ts";
import { listAddresses } from "./cri-pod.ts";
import { openPodman, type Podman } from "./podman.ts";
import { makeRuntimeNode } from "./runtime-node.ts";
import { readTraces, type Traces } from "./traces.ts";

const START_MS = 120_000;
vi.setConfig({ testTimeout: 120_000 }); // on a machine that is busy with other tests
const GATEWAYS = { blue: "10.10.1.1", green: "10.10.2.1", red: "10.10.3.1" } as const;

let node: TestNode;
let plugins: PluginFolder;
let podman: Podman;
let before: Traces;
const undo = new AsyncDisposableStack();
beforeAll(async () => {
  const stage = undo.use(await makeRuntimeNode());
  ({ node, plugins } = stage);
  await addGenieNetwork("genie", "green");
  await addGenieNetwork("genie-red", "red");
  await addGenieNetwork("genie-many", "blue, green@data, red");
  await addGenieNetwork("genie-lost", "grene");
  const { namespace, confDir } = node;
  const [binDir] = plugins.path;
  podman = undo.use(
    await openPodman({ dir: stage.dir, node: namespace, confDir, binDir, defaultNetwork: "genie" }),
  );
  before = await readTraces(node, "podman");
}, START_MS);
afterAll(() => undo.disposeAsync(), START_MS);

afterEach(async () => {
  await podman.run("rm", "--all", "--force", "--time", "0");
  expect(await readTraces(node, "podman")).toEqual(before);
});

/** A network of podman's that genie serves, with what its containers want. */
async function addGenieNetwork(name: string, cni: string): Promise<void> {
  const { cniVersion, type, genie } = node.config();
  const capabilities = { portMappings: true };
  const list = { cniVersion, name, plugins: [{ type, genie, capabilities, args: { cni } }] };
  await writeFile(path.join(node.confDir, `00-${name}.conflist`), JSON.stringify(list));
}

const listLinks = async (name: string) =>
  (await podman.exec(name, "ls", "/sys/class/net")).split(/\s+/).toSorted();
const ping = (name: string, ifName: string, gateway: string) =>
  podman.exec(name, "ping", "-c1", "-W5", "-I", ifName, gateway);
const listLedger = () => readdir(path.join(node.stateDir, "ledger"));

test("a container gets the network that its podman network wants", async () => {
  await podman.start("one");
  expect(await listLinks("one")).toEqual(["eth0", "lo"]);
  await ping("one", "eth0", GATEWAYS.green);
});

test("VERSION is asked with dummies before anything else, and needs no configuration", async () => {
  await plugins.takeCalls();
  await podman.start("versed");
  const calls = (await plugins.takeCalls()).map(({ verb, ifName, netns, stdin }) => ({
    verb,
    ifName,
    netns,
    fields: Object.keys(stdin),
  }));
  expect(calls[0]).toEqual({ verb: "VERSION", ifName: "dummy", netns: "dummy", fields: ["cniVersion"] });
  expect(calls.map(({ verb }) => verb)).toContain("ADD");
});

test("one podman network with three networks of genie's", async () => {
  await podman.start("many", "--network", "genie-many");
  expect(await listLinks("many")).toEqual(["data", "eth0", "eth1", "lo"]);
  await ping("many", "eth0", GATEWAYS.blue);
  await ping("many", "data", GATEWAYS.green);
  await ping("many", "eth1", GATEWAYS.red);
});

test("a name that podman counts on may be given away by then: the container gets the next one", async () => {
  await podman.start("full", "--network", "genie-many,genie-red");
  expect(await listLinks("full")).toEqual(["data", "eth0", "eth1", "eth2", "lo"]);
  await ping("full", "eth2", GATEWAYS.red);
  await podman.run("network", "disconnect", "genie-red", "full");
  expect(await listLinks("full")).toEqual(["data", "eth0", "eth1", "lo"]);
});

test("two networks of podman's, which are two calls of genie, end one by one", async () => {
  await podman.start("both", "--network", "genie,genie-red");
  const read = (ifName: string) => listAddresses((...words) => podman.exec("both", ...words), ifName);
  expect(await read("eth0")).toEqual([expect.stringContaining("10.10.2.")]);
  expect(await read("eth1")).toEqual([expect.stringContaining("10.10.3.")]);
  const ledger = await listLedger();
  await podman.run("network", "disconnect", "genie-red", "both");
  expect(await listLinks("both")).toEqual(["eth0", "lo"]);
  expect(await listLedger()).toEqual(ledger);
  expect((await readTraces(node, "podman")).addresses).toEqual([expect.stringContaining("10.10.2.")]);
});

test("a running container is connected to a network of genie's, and disconnected", async () => {
  await podman.start("plugged");
  const readDefaults = async () =>
    (await podman.exec("plugged", "ip", "route")).split("\n").filter((line) => line.startsWith("default"));
  const first = await readDefaults();
  expect(first).toEqual([expect.stringContaining(`via ${GATEWAYS.green}`)]);
  await podman.run("network", "connect", "genie-red", "plugged");
  expect(await readDefaults()).toEqual(first);
  expect(await listLinks("plugged")).toEqual(["eth0", "eth1", "lo"]);
  await ping("plugged", "eth1", GATEWAYS.red);
  await podman.run("network", "disconnect", "genie-red", "plugged");
  expect(await listLinks("plugged")).toEqual(["eth0", "lo"]);
  expect(await readDefaults()).toEqual(first);
  await ping("plugged", "eth0", GATEWAYS.green);
});

test("a container is restarted: the same ID in another namespace", async () => {
  await podman.start("again");
  const inspect = () => podman.run("inspect", "--format", "{{.Id}} {{.NetworkSettings.SandboxKey}}", "again");
  const first = (await inspect()).split(" ");
  await podman.run("restart", "--time", "0", "again");
  const second = (await inspect()).split(" ");
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
  await ping("again", "eth0", GATEWAYS.green);
  expect((await readTraces(node, "podman")).addresses).toHaveLength(1);
  expect(await listLedger()).toEqual([first[0]]);
});

test("a container that is killed gives its network back, and gets one when it is started again", async () => {
  await podman.start("killed");
  await podman.run("kill", "killed");
  await expect.poll(() => readTraces(node, "podman"), { timeout: 20_000 }).toEqual(before);
  await podman.run("start", "killed");
  await ping("killed", "eth0", GATEWAYS.green);
});

test("port mappings come as podman writes them", async () => {
  await plugins.takeCalls();
  await podman.start("mapped", "--publish", "18080:80");
  const added = (await plugins.takeCalls()).find(({ verb }) => verb === "ADD");
  const port = expect.objectContaining({ hostPort: 18080, containerPort: 80, protocol: "tcp" });
  expect(added?.stdin).toMatchObject({ runtimeConfig: { portMappings: [port] } });
});

test("what genie says of a network that isn't there reaches the person at the terminal", async () => {
  await expect(podman.start("lost", "--network", "genie-lost")).rejects.toThrow(
    'no network is called "grene"',
  );
});

import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { readDecisions, type TestNode } from "../e2e/node.ts";
import type { PluginFolder } from "../plugins/scripted.ts";
import { runIn } from "../setup/namespace.ts";
import { ensureTools } from "../setup/tools.ts";
import { type Death, MesosAgent, type NetworkInfo } from "./mesos-agent.ts";
import { type Container, startContainer } from "./mesos-container.ts";
import { makeRuntimeNode } from "./runtime-node.ts";
import { readTraces, type Traces } from "./traces.ts";

vi.setConfig({ testTimeout: 120_000 }); // on a machine that is busy with other tests

let node: TestNode;
let plugins: PluginFolder;
let configDir: string;
let workDir: string;
let before: Traces;
const undo = new AsyncDisposableStack();
beforeAll(async () => {
  const stage = undo.use(await makeRuntimeNode());
  ({ node, plugins, dir: workDir } = stage);
  configDir = path.join(workDir, "config");
  await mkdir(configDir);
  before = await readTraces(node);
});
afterAll(() => undo.disposeAsync());

beforeEach(async () => {
  for (const name of ["genie", "tenant"]) await addMesosNetwork(name);
  await plugins.takeCalls();
});

/** As Mesos has it: one plugin, and no version, which is 0.1.0. */
async function addMesosNetwork(name: string): Promise<void> {
  const { type, genie } = node.config();
  await writeFile(path.join(configDir, `${name}.conf`), JSON.stringify({ name, type, genie }));
}

function openAgent(rootDir = "/var/run/mesos/isolators/network/cni"): MesosAgent {
  const [pluginsDir] = plugins.path;
  return new MesosAgent({ rootDir, configDir, pluginsDir, node: node.namespace });
}

const want = (name: string, cni: string, more: object = {}): NetworkInfo => ({
  name,
  labels: {
    labels: [
      { key: "app", value: "shop" },
      { key: "cni", value: cni },
    ],
  },
  ...more,
});
const start = () => startContainer(randomUUID());
const expectNothingLeft = async () => expect(await readTraces(node)).toEqual(before);

/** Runs a program in the container's network. */
const runInside = ({ pid }: Container, ...command: string[]) =>
  runIn(undefined, ["nsenter", `--net=/proc/${pid}/ns/net`, "--", ...command]);

async function ping(container: Container, ifName: string, gateway: string): Promise<void> {
  const { ping: program } = await ensureTools();
  const outcome = await runInside(container, program, "-c1", "-W5", "-I", ifName, gateway);
  expect(outcome).toMatchObject({ exitCode: 0 });
}

test("a container gets the network of its label, and Mesos an answer that it reads", async () => {
  await using container = await start();
  const agent = openAgent();
  const answers = await agent.isolate(container, [want("genie", "red")]);
  const address = expect.stringMatching(/^10\.10\.3\.\d+\/24$/);
  expect(answers.get("genie")).toMatchObject({ ip4: { ip: address } });
  await ping(container, "eth0", "10.10.3.1");
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    containerId: container.id,
    decidedBy: "explicit",
    pod: { namespace: "", name: "" },
  });
  expect((await plugins.takeCalls()).map(({ verb, args }) => [verb, args])).toEqual([["ADD", ""]]);
  await agent.cleanUp(container.id);
  await expectNothingLeft();
});

test("a container in two networks of Mesos' has both at the same time, and loses each", async () => {
  await using container = await start();
  const agent = openAgent();
  await agent.isolate(container, [want("genie", "blue"), want("tenant", "green")]);
  await ping(container, "eth0", "10.10.1.1");
  await ping(container, "eth1", "10.10.2.1");
  const { stdout } = await runInside(container, "ip", "route", "show", "default");
  expect(stdout.trim().split("\n")).toHaveLength(1);
  await agent.cleanUp(container.id);
  await expectNothingLeft();
});

test("one network of Mesos' with several of genie's", async () => {
  await using container = await start();
  const agent = openAgent();
  const answers = await agent.isolate(container, [want("genie", "blue, green@data, red")]);
  expect(answers.get("genie")).toMatchObject({ ip4: { ip: expect.stringContaining("10.10.1.") } });
  await ping(container, "eth0", "10.10.1.1");
  await ping(container, "data", "10.10.2.1");
  await ping(container, "eth1", "10.10.3.1");
  await agent.cleanUp(container.id);
  await expectNothingLeft();
});

test("port mappings reach the delegate that declares them", async () => {
  const bridge = { type: "bridge", bridge: "cni-blue" };
  const recorder = { type: "recorder", capabilities: { portMappings: true } };
  const file = path.join(node.confDir, "50-mapped.conflist");
  await writeFile(file, JSON.stringify({ cniVersion: "1.0.0", name: "mapped", plugins: [bridge, recorder] }));
  await plugins.plugin("recorder", `printf %s "$stdin" | sed 's/.*"prevResult"://; s/}$//'`);
  await using container = await start();
  const agent = openAgent();
  const port_mappings = [{ host_port: 8080, container_port: 80, protocol: "tcp" }];
  await agent.isolate(container, [want("genie", "mapped", { port_mappings })]);
  const recorded = (await plugins.takeCalls()).find(({ plugin }) => plugin === "recorder");
  const mapped = [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }];
  expect(recorded?.stdin).toMatchObject({ runtimeConfig: { portMappings: mapped } });
  await agent.cleanUp(container.id);
  await rm(file);
  await expectNothingLeft();
});

test("another agent goes on where one ended, by what it wrote, though the configurations are gone", async () => {
  await using container = await start();
  await openAgent().isolate(container, [want("genie", "blue"), want("tenant", "red")]);
  const agent = openAgent();
  await agent.recover([container.id]);
  await ping(container, "eth0", "10.10.1.1");
  await ping(container, "eth1", "10.10.3.1");
  for (const name of ["genie", "tenant"]) await rm(path.join(configDir, `${name}.conf`));
  const hidden = `${node.confDir}.hidden`;
  await rename(node.confDir, hidden);
  await agent.cleanUp(container.id);
  await rename(hidden, node.confDir);
  await expectNothingLeft();
});

test.each<[string, Death | undefined]>([
  ["after it has written the result", undefined],
  ["before it can write the result", "before the result is written"],
])("an agent that is killed %s leaves an orphan, which the next one cleans up", async (_, death) => {
  {
    await using container = await start();
    await openAgent().isolate(container, [want("genie", "green"), want("tenant", "red")], death);
  }
  expect((await readTraces(node)).ledger).toHaveLength(1);
  await openAgent().recover([]);
  await expectNothingLeft();
});

test("after a reboot the namespace is gone and CNI_NETNS isn't set: what is held is given back", async () => {
  const rootDir = path.join(workDir, "isolators/network/cni"); // --network_cni_root_dir_persist
  const { id } = await (async () => {
    await using container = await start();
    await openAgent(rootDir).isolate(container, [want("genie", "green")]);
    return container;
  })();
  await execa("umount", [path.join(rootDir, id, "ns")]);
  expect((await readTraces(node)).addresses).toHaveLength(1);
  await openAgent(rootDir).recover([]);
  expect((await plugins.takeCalls()).map(({ verb, netns }) => [verb, netns !== ""])).toEqual([
    ["ADD", true],
    ["DEL", false],
  ]);
  await expectNothingLeft();
});

test.each<[string, NetworkInfo]>([
  ["labels.labels[1].key", want("genie", "blue", { labels: { labels: [{ key: "a", value: "" }, {}] } })],
  ["port_mappings[0].host_port", want("genie", "blue", { port_mappings: [{ container_port: 80 }] })],
  ["grene", want("genie", "grene")],
])("what is wrong with %s is told to Mesos, whose own DEL finds nothing to do", async (words, network) => {
  await using container = await start();
  const agent = openAgent();
  await expect(agent.isolate(container, [network])).rejects.toThrow(words);
  await agent.cleanUp(container.id);
  await expectNothingLeft();
});

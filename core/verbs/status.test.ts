import { chmod, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { status } from "./status.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  for (const [at, name] of ["blue", "green", "red"].entries()) await network(`${at}0`, name);
});
afterEach(() => node[Symbol.asyncDispose]());

const nobody = { containerId: "", netns: "", ifName: "", args: "" };
const run = (config?: object) =>
  status({ invocation: node.invocation("STATUS", nobody), config: node.config(config) }, node.ports);
const network = (prefix: string, name: string, more: object = {}) =>
  node.conf(`${prefix}-${name}.conf`, { cniVersion: "1.1.0", name, type: name, ...more });
const broken = (code: number, msg: string) => `echo '{"code":${code},"msg":"${msg}"}'; exit 1`;
const selection = { selector: { module: `r/a@sha256:${"a".repeat(64)}` } };
const any = { genie: { selection } };

describe("a node whose pods get", () => {
  test("the default network is ready when that one is", async () => {
    await node.plugin("red", ":");
    await run({ default_plugin: "red" });
    expect(await node.takeCalls()).toEqual([
      {
        verb: "STATUS",
        plugin: "red",
        ifName: "",
        netns: "",
        args: "",
        stdin: { cniVersion: "1.1.0", name: "red", type: "red" },
      },
    ]);
  });

  test("the first network is ready when that one is, and not when another is", async () => {
    await node.plugin("blue", ":");
    await run();
    expect(await node.takeVerbs()).toEqual(["STATUS blue"]);
    await node.plugin("blue", broken(51, "no uplink"));
    await node.plugin("green", ":");
    await expect(run()).rejects.toMatchObject({ plugin: "blue", wire: { code: 51, msg: "no uplink" } });
    expect(await node.takeVerbs()).toEqual(["STATUS blue"]);
  });

  test("any network is ready when one is", async () => {
    await node.plugin("blue", broken(50, "no uplink"));
    await node.plugin("green", ":");
    await run(any);
    expect(await node.takeVerbs()).toEqual(["STATUS blue", "STATUS green"]);
  });

  test("any network is not ready when none is, and each is named with its reason", async () => {
    await node.plugin("blue", broken(50, "no uplink"));
    await node.plugin("green", broken(51, "no addresses"));
    await expect(run(any)).rejects.toMatchObject({
      kind: "notReady",
      message: "no network is ready",
      details: `blue: no uplink; green: no addresses; red: STATUS of plugin red is not in CNI_PATH (${node.path[0]})`,
    });
  });
});

test("every plugin of a chain has to be ready", async () => {
  await network("00", "blue", {
    type: undefined,
    plugins: [{ type: "red" }, { type: "green" }, { type: "blue" }],
  });
  await node.plugin("red", ":");
  await node.plugin("green", broken(50, "no table"));
  await expect(run()).rejects.toMatchObject({ plugin: "green", wire: { code: 50 } });
  expect(await node.takeVerbs()).toEqual(["STATUS red", "STATUS green"]);
});

test("a network before 1.1.0 is ready when its plugins are there, which are not run", async () => {
  const plugins = [{ type: "blue" }, { type: "green" }];
  await network("00", "blue", { cniVersion: "1.0.0", type: undefined, plugins });
  await node.plugin("blue", ":");
  await expect(run()).rejects.toMatchObject({
    kind: "notReady",
    message: "plugin green of network blue is not in CNI_PATH",
  });
  await node.plugin("green", "exit 1");
  await run();
  expect(await node.takeVerbs()).toEqual([]);
});

describe("a node is not ready", () => {
  test.each([{}, any])("without any network: %j", async (config) => {
    await rm(path.join(node.dir, "net.d"), { recursive: true });
    await expect(run(config)).rejects.toMatchObject({
      kind: "notReady",
      message: "/etc/cni/net.d has no usable network",
    });
  });

  test("without the network that is the default", async () => {
    await node.plugin("blue", ":");
    await expect(run({ default_plugin: "pink" })).rejects.toMatchObject({
      kind: "unknownNetwork",
      details: "networks of this node: blue, green, red",
    });
  });

  test("when the ledger can't be written, and no plugin is asked", async () => {
    await node.plugin("blue", ":");
    const stateDir = path.join(node.dir, "state");
    await writeFile(stateDir, "a file where the folder should be");
    const holding = () => new AsyncDisposableStack();
    const ledger = openLedger(stateDir, { log: node.ports.log, holding });
    const call = { invocation: node.invocation("STATUS", nobody), config: node.config() };
    await expect(status(call, { ...node.ports, ledger })).rejects.toMatchObject({ kind: "ioFailure" });
    await chmod(node.dir, 0o777);
    await expect(run()).rejects.toMatchObject({
      kind: "ioFailure",
      message: expect.stringContaining(`${node.dir} is not safe`),
    });
    expect(await node.takeVerbs()).toEqual([]);
  });
});

test("a bug is thrown as it is", async () => {
  const exec = { ...node.ports.exec, run: () => Promise.reject(new TypeError("a bug")) };
  const call = { invocation: node.invocation("STATUS", nobody), config: node.config() };
  await expect(status(call, { ...node.ports, exec })).rejects.toThrow(TypeError);
});

test("is refused for a configuration before 1.1.0", async () => {
  await expect(run({ cniVersion: "1.0.0" })).rejects.toMatchObject({
    kind: "incompatibleVersion",
    message: "cniVersion 1.0.0 does not allow STATUS",
    details: "STATUS came with 1.1.0",
  });
  expect(await node.takeVerbs()).toEqual([]);
});

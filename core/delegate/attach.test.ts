/** Real processes and a real ledger: what counts is the order in which things reach the disk and the plugins. */
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readEntry } from "../../cni/ledger/format.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { Failure } from "../errors.ts";
import type { JsonObject } from "../spec/json.ts";
import { parseNetwork } from "../spec/network.ts";
import { attach, type AttachPorts, type Site } from "./attach.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

const result = (mark: string) => JSON.stringify({ cniVersion: "0.4.0", ips: [], mark });
const fail = (code: number, msg: string) =>
  `echo '{"cniVersion":"0.4.0","code":${code},"msg":"${msg}","details":"d"}'; exit 1`;
const onAdd = (script: string) => `if [ $CNI_COMMAND = ADD ]; then ${script}; fi`;

const site: Site = {
  caller: { network: "genie", ifName: "eth0" },
  namespace: { path: "/run/netns/a", identity: "4:1", folder: "0:1" },
  bootId: "boot-1",
};
const three = [{ type: "one" }, { type: "two" }, { type: "three" }];

interface Case extends Partial<AttachPorts> {
  readonly runtimeConfig?: JsonObject;
  /** Of the list, besides its plugins. */
  readonly list?: object;
}

function run(plugins: readonly object[], { runtimeConfig = {}, list = {}, ...ports }: Case = {}) {
  const network = parseNetwork(JSON.stringify({ cniVersion: "0.4.0", name: "blue", plugins, ...list }));
  const call = { containerId: "c1", netns: "/run/netns/a", ifName: "eth0", args: "A=b", path: node.path };
  return attach(network, { call, site, runtimeConfig }, { ...node.ports, ...ports });
}

async function addThree(middle: string): Promise<void> {
  await node.plugin("one", `echo '${result("1")}'`);
  await node.plugin("two", middle);
  await node.plugin("three", `echo '${result("3")}'`);
}

const kept = async () => (await node.ledger.read("c1")).attachments;

describe("a chain that succeeds", () => {
  test("runs forward, each with the result of the one before, and gives the last one's", async () => {
    await addThree(`echo '${result("2")}'`);
    expect(await run(three)).toEqual(JSON.parse(result("3")));
    const calls = await node.takeCalls();
    expect(calls.map(({ verb, plugin }) => `${verb} ${plugin}`)).toEqual(["ADD one", "ADD two", "ADD three"]);
    expect(calls.map(({ stdin }) => stdin["prevResult"])).toEqual([
      undefined,
      JSON.parse(result("1")),
      JSON.parse(result("2")),
    ]);
    for (const { stdin, ifName, netns, args } of calls) {
      expect({ ifName, netns, args }).toEqual({ ifName: "eth0", netns: "/run/netns/a", args: "A=b" });
      expect(stdin).toMatchObject({ name: "blue", cniVersion: "0.4.0" });
    }
  });

  test("leaves in the ledger what its undo and its CHECK take, with the final result", async () => {
    await addThree(`echo '${result("2")}'`);
    await run(three);
    const prevResult = JSON.parse(result("3"));
    const steps = three.map(({ type }) => ({
      plugin: type,
      stdin: JSON.stringify({ type, name: "blue", cniVersion: "0.4.0", prevResult }),
    }));
    expect(await kept()).toEqual([node.attachment({ cniVersion: "0.4.0", steps })]);
  });

  test("keeps no result for a network before 0.4.0, and notes what its admin doesn't want checked", async () => {
    await node.plugin("one", `echo '${result("1")}'`);
    await run([{ type: "one" }], { list: { cniVersion: "0.3.1", disableCheck: true } });
    const stdin = '{"type":"one","name":"blue","cniVersion":"0.3.1"}';
    const steps = [{ plugin: "one", stdin }];
    expect(await kept()).toEqual([node.attachment({ cniVersion: "0.3.1", checked: false, steps })]);
  });

  test("hands on each result in the network's version, whatever a plugin answers in", async () => {
    await node.plugin("one", `echo '{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24"}}'`);
    await node.plugin("two", `echo '{"ips":[{"version":"4","address":"10.0.0.6/24"}],"mark":2}'`);
    await node.plugin("three", `echo '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.7/24"}]}'`);
    const inOurs = (address: string) => ({ cniVersion: "0.4.0", ips: [{ version: "4", address }] });
    expect(await run(three)).toMatchObject(inOurs("10.0.0.7/24"));
    const calls = await node.takeCalls();
    expect(calls[1]?.stdin["prevResult"]).toMatchObject(inOurs("10.0.0.5/24"));
    expect(calls[2]?.stdin["prevResult"]).toEqual({ ...inOurs("10.0.0.6/24"), mark: 2 });
    const [attachment] = await kept();
    expect(JSON.parse(attachment?.steps[0]?.stdin ?? "")).toMatchObject({
      prevResult: inOurs("10.0.0.7/24"),
    });
  });

  test("keeps what the container has already", async () => {
    const other = node.attachment({ ifName: "eth1", network: "red" });
    await node.ledger.write("c1", [other]);
    await node.plugin("one", `echo '${result("1")}'`);
    await run([{ type: "one" }]);
    expect((await kept()).map(({ ifName }) => ifName)).toEqual(["eth1", "eth0"]);
    await node.plugin("one", onAdd("exit 1"));
    await expect(run([{ type: "one" }])).rejects.toThrow("exited with 1");
    expect((await kept()).map(({ ifName }) => ifName)).toEqual(["eth1", "eth0"]);
  });

  test("hands each plugin only the capabilities that it declares, to DEL and CHECK as well", async () => {
    await node.plugin("one", `echo '${result("1")}'`);
    await node.plugin("two", `echo '${result("2")}'`);
    const runtimeConfig = { portMappings: [{ hostPort: 80 }], bandwidth: {}, "io.kubernetes.cri.pod": {} };
    const capabilities = { portMappings: true, bandwidth: false, mac: true, constructor: true };
    await run([{ type: "one" }, { type: "two", capabilities }], { runtimeConfig });
    const added = (await node.takeCalls()).map(({ stdin }) => stdin["runtimeConfig"]);
    expect(added).toEqual([undefined, { portMappings: [{ hostPort: 80 }] }]);
    const [attachment] = await kept();
    const undone = attachment?.steps.map(({ stdin }) => JSON.parse(stdin).runtimeConfig);
    expect(undone).toEqual(added);
  });
});

test("the undo of the whole chain is on disk before the first plugin runs", async () => {
  const copy = path.join(node.dir, "copy");
  await node.plugin("one", onAdd(`cp '${node.dir}/ledger/c1' '${copy}'; echo '{}'`));
  await node.plugin("two", "echo '{}'");
  await run([{ type: "one" }, { type: "two", ipam: { type: "host-local" } }]);
  const planned = node.attachment({
    cniVersion: "0.4.0",
    state: "planned",
    steps: [
      { plugin: "one", stdin: '{"type":"one","name":"blue","cniVersion":"0.4.0"}' },
      {
        plugin: "two",
        stdin: '{"type":"two","ipam":{"type":"host-local"},"name":"blue","cniVersion":"0.4.0"}',
      },
    ],
  });
  expect(readEntry("c1", await readFile(copy))).toEqual({ attachments: [planned], hints: undefined });
});

describe("a disk that says no", () => {
  test("before anything ran keeps everything from running", async () => {
    await addThree("echo '{}'");
    const write = async () => {
      throw new Failure("ioFailure", "the disk is full");
    };
    await expect(run(three, { ledger: { ...node.ledger, write } })).rejects.toThrow("the disk is full");
    expect(await node.takeVerbs()).toEqual([]);
  });

  test("afterwards has everything undone", async () => {
    const entry = path.join(node.dir, "ledger");
    await addThree("echo '{}'");
    await node.plugin("three", onAdd(`rm -r '${entry}'; touch '${entry}'; echo '{}'`));
    await expect(run(three)).rejects.toMatchObject({ kind: "ioFailure" });
    await rm(entry);
    const verbs = ["ADD one", "ADD two", "ADD three", "DEL three", "DEL two", "DEL one"];
    expect(await node.takeVerbs()).toEqual(verbs);
  });

  test("while a failed ADD is undone doesn't hide what the plugin said", async () => {
    await addThree(onAdd(fail(17, "no address")));
    const { ledger } = node;
    let writes = 0;
    const write: typeof ledger.write = async (...entry) => {
      if (++writes > 1) throw new Failure("ioFailure", "the disk is full");
      await ledger.write(...entry);
    };
    await expect(run(three, { ledger: { ...ledger, write } })).rejects.toMatchObject({
      wire: { code: 17, msg: "no address" },
    });
    expect(await kept()).toMatchObject([{ state: "planned" }]);
    expect(node.warnings).toMatchObject([{ message: "the undo of a failed ADD failed; DEL tries again" }]);
  });
});

describe("a chain that fails", () => {
  const undone = ["ADD one", "ADD two", "DEL three", "DEL two", "DEL one"];

  test("is undone as a whole, backward, and leaves nothing", async () => {
    await addThree(onAdd(fail(11, "no address")));
    await expect(run(three)).rejects.toMatchObject({
      plugin: "two",
      wire: { cniVersion: "0.4.0", code: 11, msg: "no address", details: "d" },
    });
    expect(await node.takeVerbs()).toEqual(undone);
    expect(await kept()).toEqual([]);
    expect(node.warnings).toEqual([]);
  });

  test("keeps for DEL what can't be undone, and goes on with the rest", async () => {
    await addThree(fail(7, "broken for good"));
    await expect(run(three)).rejects.toMatchObject({ wire: { code: 7 } });
    expect(await node.takeVerbs()).toEqual(undone);
    const left = (await kept()).map(({ state, steps }) => [state, steps.map(({ plugin }) => plugin)]);
    expect(left).toEqual([["planned", ["two"]]]);
    expect(node.warnings).toHaveLength(1);
  });

  test("by our being stopped is undone all the same", async () => {
    const stop = new AbortController();
    await addThree(onAdd(`touch '${node.dir}/begun'; sleep 60`));
    const adding = run(three, { signal: stop.signal });
    await expect.poll(() => node.has("begun"), { timeout: 20_000 }).toBe(true);
    stop.abort(new Error("ended by SIGTERM"));
    await expect(adding).rejects.toThrow("ADD of plugin two was ended by SIGTERM");
    expect(await node.takeVerbs()).toEqual(undone);
    expect(await kept()).toEqual([]);
  });

  test("for want of a plugin is undone, and doesn't wait for that plugin", async () => {
    await node.plugin("one", "echo '{}'");
    await expect(run([{ type: "one" }, { type: "gone" }])).rejects.toThrow(
      `ADD of plugin gone is not in CNI_PATH (${node.path[0]})`,
    );
    expect(await node.takeVerbs()).toEqual(["ADD one", "DEL one"]);
    expect(await kept()).toEqual([]);
  });

  test("for a version that a plugin doesn't speak is undone, and doesn't wait until it does", async () => {
    await node.plugin("one", "echo '{}'");
    await node.plugin("old", fail(1, "incompatible"));
    await expect(run([{ type: "one" }, { type: "old" }, { type: "old" }])).rejects.toMatchObject({
      wire: { code: 1 },
    });
    expect(await node.takeVerbs()).toEqual(["ADD one", "ADD old", "DEL old", "DEL old", "DEL one"]);
    expect(await kept()).toEqual([]);
  });
});

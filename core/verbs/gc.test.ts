import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Attachment } from "../ports.ts";
import type { ValidAttachment } from "../spec/valid-attachments.ts";
import { gc } from "./gc.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  for (const name of ["blue", "red", "old"]) await node.plugin(name, ":");
});
afterEach(() => node[Symbol.asyncDispose]());

const nobody = { containerId: "", netns: "", ifName: "", args: "" };
const run = (valid: readonly ValidAttachment[] = [], config?: object) =>
  gc({ invocation: node.invocation("GC", nobody), config: node.config(config), valid }, node.ports);
const network = (name: string, more: object = {}) =>
  node.conf(`${name}.conf`, { cniVersion: "1.1.0", name, type: name, ...more });

const gone = { namespace: { path: "/run/netns/gone", identity: "4:9", folder: "0:1" } };
/** One attachment of a container, undone by the plugin `old`. */
async function write(containerId: string, more: Partial<Attachment> = {}): Promise<void> {
  await node.ledger.write(containerId, [node.attachment({ containerId, plugins: ["old"], ...more })]);
}
const listed = async () => (await node.ledger.list()).toSorted();

describe("undoes", () => {
  test("what is dead, and nothing that lives, whatever the runtime says", async () => {
    await write("c1", gone);
    await write("c2");
    await write("c3", { bootId: "boot-0" });
    await run([]);
    expect((await node.takeCalls()).map(({ verb, netns }) => [verb, netns])).toEqual([
      ["DEL", ""],
      ["DEL", ""],
    ]);
    expect(await listed()).toEqual(["c2"]);
  });

  test("all of it, with no limit, where the runtime says nothing", async () => {
    for (let at = 0; at < 12; at++) await write(`c${at}`, gone);
    await run([]);
    expect(await listed()).toEqual([]);
  });

  test("nothing of another configuration's", async () => {
    await write("c1", { ...gone, caller: { network: "other", ifName: "eth0" } });
    await run([]);
    expect(await node.takeVerbs()).toEqual([]);
    expect(await listed()).toEqual(["c1"]);
  });

  test("nothing that the runtime still has: that interface of that container", async () => {
    for (const containerId of ["c1", "c2"]) await write(containerId, { ...gone, ifName: "net1" });
    await node.ledger.write("c3", [
      node.attachment({
        containerId: "c3",
        plugins: ["old"],
        ...gone,
        caller: { network: "genie", ifName: "eth1" },
      }),
    ]);
    await run([
      { containerId: "c1", ifName: "net1" },
      { containerId: "c2", ifName: "eth0" },
      { containerId: "c3", ifName: "eth1" },
    ]);
    expect(await listed()).toEqual(["c1", "c3"]);
  });

  test("nothing of a container that another call works on", async () => {
    await write("c1", gone);
    await using _lock = await node.ledger.lock("c1", node.ports.signal);
    await run([]);
    expect(await listed()).toEqual(["c1"]);
  });
});

describe("plugins are told", () => {
  const toEntry = (containerID: string, ifname: string) => ({ containerID, ifname });

  test("what of their network is attached, under its own interfaces, and what the runtime still has", async () => {
    await network("blue", { mark: 7 });
    await network("red");
    await node.ledger.write("c1", [
      node.attachment({ ifName: "net1", caller: { network: "genie", ifName: "eth0" } }),
      node.attachment({ ifName: "net2", network: "red", state: "leaving" }),
    ]);
    await write("c2", { caller: { network: "other", ifName: "eth0" }, state: "planned" });
    await run([{ containerId: "c9", ifName: "eth0" }]);
    const calls = (await node.takeCalls()).toSorted((a, b) => (a.plugin < b.plugin ? -1 : 1));
    expect(
      calls.map(({ verb, plugin, ifName, netns, args }) => ({ verb, plugin, ifName, netns, args })),
    ).toEqual(["blue", "red"].map((plugin) => ({ verb: "GC", plugin, ifName: "", netns: "", args: "" })));
    const told = calls.map(({ stdin }) => stdin["cni.dev/valid-attachments"]);
    expect(told).toEqual([
      [toEntry("c1", "net1"), toEntry("c2", "eth0"), toEntry("c9", "eth0")],
      [toEntry("c1", "net2"), toEntry("c9", "eth0")],
    ]);
    expect(calls.map(({ stdin }) => stdin["cni.dev/attachments"])).toEqual(told);
    expect(calls[0]?.stdin).toMatchObject({ cniVersion: "1.1.0", name: "blue", type: "blue", mark: 7 });
  });

  test("not of what has just been undone, but of what could not be", async () => {
    await network("blue");
    await write("c1", gone);
    await run([]);
    expect((await node.takeCalls()).at(-1)?.stdin["cni.dev/valid-attachments"]).toEqual([]);
    await node.plugin("old", "exit 1");
    await write("c1", gone);
    await expect(run([])).rejects.toThrow("DEL of plugin old");
    expect((await node.takeCalls()).at(-1)?.stdin["cni.dev/valid-attachments"]).toEqual([
      toEntry("c1", "eth0"),
    ]);
  });

  test("all of a chain, in the order of ADD", async () => {
    await network("blue", { type: undefined, plugins: [{ type: "red" }, { type: "blue" }] });
    await run([]);
    expect(await node.takeVerbs()).toEqual(["GC red", "GC blue"]);
  });

  test.each<[string, object]>([
    ["whose admin doesn't want it", { disableGC: true }],
    ["before 1.1.0", { cniVersion: "1.0.0" }],
  ])("not those of a network %s", async (_, more) => {
    await network("blue", more);
    await network("red");
    await run([]);
    expect(await node.takeVerbs()).toEqual(["GC red"]);
  });

  test("none while an entry can't be read, since it could be anybody's", async () => {
    await network("blue");
    await write("c1", gone);
    await writeFile(path.join(node.dir, "ledger/c2"), "torn");
    await expect(run([])).rejects.toMatchObject({
      kind: "ioFailure",
      message: expect.stringContaining("unreadable"),
    });
    expect(await node.takeVerbs()).toEqual(["DEL old"]);
    expect(await listed()).toEqual(["c2"]);
  });
});

test("goes on past failures, and answers with the first, telling of the others", async () => {
  await network("blue");
  await network("red");
  for (const name of ["old", "blue"])
    await node.plugin(name, `echo '{"code":7,"msg":"${name} is broken"}'; exit 1`);
  await write("c1", gone);
  await expect(run([])).rejects.toMatchObject({
    wire: {
      code: 7,
      msg: "old is broken",
      details: "network blue, interface eth0; also failed: plugin blue: blue is broken",
    },
  });
  expect(await node.takeVerbs()).toEqual(["DEL old", "GC blue", "GC red"]);
});

test("a bug is thrown as it is", async () => {
  const ports = {
    ...node.ports,
    exec: { ...node.ports.exec, run: () => Promise.reject(new TypeError("a bug")) },
  };
  await network("blue");
  const call = { invocation: node.invocation("GC", nobody), config: node.config(), valid: [] };
  await expect(gc(call, ports)).rejects.toThrow(TypeError);
});

test("does nothing at all where our own configuration doesn't want it", async () => {
  await network("blue");
  await write("c1", gone);
  await run([], { disableGC: true });
  expect(await node.takeVerbs()).toEqual([]);
});

test("is refused for a configuration before 1.1.0", async () => {
  await write("c1", gone);
  await expect(run([], { cniVersion: "1.0.0" })).rejects.toMatchObject({ kind: "incompatibleVersion" });
  expect(await listed()).toEqual(["c1"]);
});

test("an empty node is fine, and a ledger that can't be read is not", async () => {
  await rm(path.join(node.dir, "net.d"), { recursive: true });
  await run([]);
  await mkdir(path.join(node.dir, "ledger"), { mode: 0o700 });
  await rm(path.join(node.dir, "ledger"), { recursive: true });
  await writeFile(path.join(node.dir, "ledger"), "");
  await expect(run([])).rejects.toMatchObject({ kind: "ioFailure" });
});

import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Attachment } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { add } from "./add.ts";
import { del } from "./del.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

const run = (more?: Partial<Invocation>): Promise<void> =>
  del({ invocation: node.invocation("DEL", more), stdin: "not even JSON" }, node.ports);
const write = (...attachments: Attachment[]) => node.ledger.write("c1", attachments);
const names = async () =>
  (await node.takeCalls()).map(({ plugin, stdin }) => `${plugin} of ${String(stdin["name"])}`);
const kept = async () =>
  (await node.ledger.read("c1")).attachments.map(
    ({ network, state, steps }) => `${network} ${state}: ${steps.map(({ plugin }) => plugin).join(",")}`,
  );

test("of what was never attached is success, and leaves no trace", async () => {
  await run();
  await run({ containerId: "c2" });
  expect(await readdir(path.join(node.dir, "locks"))).toEqual([]);
  expect(await readdir(node.dir)).not.toContain("ledger");
});

test("undoes ADD, with nothing but the ledger", async () => {
  await node.conf("10-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "one" });
  await node.plugin("one", `echo '{"cniVersion":"1.0.0","ips":[]}'`);
  await add({ invocation: node.invocation("ADD"), config: node.config() }, node.ports);
  await rm(path.join(node.dir, "net.d"), { recursive: true });
  await rm(path.join(node.dir, "decisions.jsonl"));
  await run();
  expect((await node.takeCalls()).map(({ verb, stdin }) => [verb, stdin["prevResult"]])).toEqual([
    ["ADD", undefined],
    ["DEL", { cniVersion: "1.0.0", ips: [] }],
  ]);
  expect(await readdir(path.join(node.dir, "ledger"))).toEqual([]);
});

test("undoes the interface, nothing else, and a second time is success", async () => {
  await node.plugin("one", ":");
  const other = node.attachment({ network: "red", ifName: "eth1", plugins: ["two"] });
  await write(node.attachment(), other);
  await run();
  await run();
  expect(await names()).toEqual(["one of blue"]);
  expect((await node.ledger.read("c1")).attachments).toEqual([other]);
  await node.plugin("two", ":");
  await run({ ifName: "eth1" });
  expect(await readdir(path.join(node.dir, "ledger"))).toEqual([]);
});

test("finds an attachment by the interface of its caller, not by its own", async () => {
  await node.plugin("one", ":");
  await write(node.attachment({ ifName: "net1", caller: { network: "genie", ifName: "eth0" } }));
  await run({ ifName: "net1" });
  expect(await names()).toEqual([]);
  await run();
  expect(await node.takeCalls()).toMatchObject([{ ifName: "net1" }]);
});

test("goes on past failures, answers with the first, keeps what failed and tries it again", async () => {
  await node.plugin("one", ":");
  await node.plugin("two", `echo '{"code":11,"msg":"busy"}'; exit 1`);
  await node.plugin("three", "exit 1");
  await write(node.attachment({ plugins: ["one", "two", "three"] }));
  await expect(run()).rejects.toMatchObject({
    message: "DEL of plugin three exited with 1: it said nothing",
    details: "network blue, interface eth0; also failed: plugin two: busy (network blue, interface eth0)",
  });
  expect(await names()).toEqual(["three of blue", "two of blue", "one of blue"]);
  expect(await kept()).toEqual(["blue leaving: two,three"]);
  await node.plugin("three", ":");
  await expect(run()).rejects.toMatchObject({
    wire: { code: 11, msg: "busy" },
    place: "network blue, interface eth0",
  });
  expect(await names()).toEqual(["three of blue", "two of blue"]);
  expect(await kept()).toEqual(["blue leaving: two"]);
  await node.plugin("two", ":");
  await run();
  expect(await names()).toEqual(["two of blue"]);
  expect(await kept()).toEqual([]);
});

test("several attachments of one interface go newest first, also when they are tried again", async () => {
  await node.plugin("one", "exit 1");
  await write(
    node.attachment({ network: "old" }),
    node.attachment({ network: "other", ifName: "eth1" }),
    node.attachment({ network: "new" }),
  );
  for (const _ of ["first", "second"]) {
    await expect(run()).rejects.toThrow("exited with 1");
    expect(await names()).toEqual(["one of new", "one of old"]);
    expect(await kept()).toEqual(["old leaving: one", "other attached: one", "new leaving: one"]);
  }
});

test("a plugin that is gone from the node fails DEL, but keeps no other from being undone", async () => {
  await node.plugin("one", ":");
  await write(node.attachment({ plugins: ["one", "gone"] }));
  await expect(run()).rejects.toMatchObject({ kind: "delegateFailed" });
  expect(await kept()).toEqual(["blue leaving: gone"]);
});

test("plugins are looked for in this call's CNI_PATH", async () => {
  await node.plugin("one", ":");
  await write(node.attachment({ path: ["/nowhere"] }));
  await run();
  expect(await names()).toEqual(["one of blue"]);
});

describe("plugins act", () => {
  const attached = async () => {
    await node.plugin("one", ":");
    await write(node.attachment());
  };

  test("in the container's namespace", async () => {
    await attached();
    await run();
    expect(await node.takeCalls()).toMatchObject([{ verb: "DEL", netns: "/run/netns/a" }]);
  });

  test.each<[string, () => unknown]>([
    ["it is gone", () => node.kernel.identityByPath.clear()],
    ["another has its path", () => node.kernel.identityByPath.set("/run/netns/a", "4:2")],
    ["the node was booted since", () => (node.kernel.boot = "boot-2")],
  ])("in none where %s", async (_, happen) => {
    await attached();
    happen();
    await run();
    expect(await node.takeCalls()).toMatchObject([{ verb: "DEL", netns: "" }]);
    expect(await kept()).toEqual([]);
  });

  test("in none where the call names none", async () => {
    await attached();
    await run({ netns: "" });
    expect(await node.takeCalls()).toMatchObject([{ verb: "DEL", netns: "" }]);
    expect(await kept()).toEqual([]);
  });
});

test.each([
  ["the last", 1],
  ["one of two", 2],
])("a disk that says no has %s undone all the same, and fails DEL", async (_, count) => {
  const ledger = path.join(node.dir, "ledger");
  const aside = path.join(node.dir, "aside");
  await node.plugin("one", `[ -e '${aside}' ] || { mv '${ledger}' '${aside}'; touch '${ledger}'; }`);
  await write(...Array.from({ length: count }, () => node.attachment()));
  await expect(run()).rejects.toMatchObject({ kind: "ioFailure", message: expect.stringContaining(ledger) });
  expect(await names()).toEqual(Array.from({ length: count }, () => "one of blue"));
});

test("what a plugin says after success doesn't matter", async () => {
  await node.plugin("one", "echo not json");
  await write(node.attachment());
  await run();
  expect(await kept()).toEqual([]);
});

test("the lock is given back, also after a failure", async () => {
  await write(node.attachment({ plugins: ["gone"] }));
  await expect(run()).rejects.toThrow("is not in CNI_PATH");
  expect(await readdir(path.join(node.dir, "locks"))).toEqual([]);
});

describe("what an ADD that failed has left, whose DEL fails as that ADD did", () => {
  const refusing = `case $stdin in *typo*) echo '{"code":999,"msg":"bad subnet"}'; exit 1 ;; esac`;
  const network = (more: object = {}) => ({ cniVersion: "1.0.0", name: "blue", type: "one", ...more });
  const own = { cniVersion: "1.0.0", name: "genie", type: "genie" };
  const call = (config: object) => ({ invocation: node.invocation("DEL"), stdin: JSON.stringify(config) });
  const kinds = async () => (await node.takeCalls()).map(({ verb, stdin }) => [verb, stdin["subnet"]]);

  beforeEach(async () => {
    await node.plugin("one", refusing);
    await node.conf("10-blue.conf", network({ subnet: "typo" }));
    const adding = add({ invocation: node.invocation("ADD"), config: node.config() }, node.ports);
    await expect(adding).rejects.toMatchObject({ wire: { msg: "bad subnet" } });
    await node.takeCalls();
  });

  test("goes once the network's configuration is mended, as with a runtime that keeps nothing of it", async () => {
    await expect(del(call(own), node.ports)).rejects.toMatchObject({ wire: { msg: "bad subnet" } });
    expect(await kinds()).toEqual([["DEL", "typo"]]);
    await node.conf("10-blue.conf", network({ subnet: "10.1.0.0/24" }));
    await del(call(own), node.ports);
    expect(await kinds()).toEqual([
      ["DEL", "typo"],
      ["DEL", "10.1.0.0/24"],
    ]);
    expect(await kept()).toEqual([]);
  });

  test("stays as it was, with what failed first, where the mended one fails too or isn't there", async () => {
    await node.conf("10-blue.conf", network({ subnet: "typo again" }));
    const failing = () => expect(del(call(own), node.ports)).rejects.toMatchObject({ wire: { code: 999 } });
    await failing();
    await rm(path.join(node.dir, "net.d/10-blue.conf"));
    await failing();
    expect(await kinds()).toEqual([
      ["DEL", "typo"],
      ["DEL", "typo again"],
      ["DEL", "typo"],
    ]);
    expect(await kept()).toEqual(["blue planned: one"]);
  });

  test("but never what was attached: that is undone as it was made", async () => {
    await write(node.attachment({ steps: (await node.ledger.read("c1")).attachments[0]?.steps ?? [] }));
    await node.conf("10-blue.conf", network({ subnet: "10.1.0.0/24" }));
    await expect(del(call(own), node.ports)).rejects.toMatchObject({ wire: { msg: "bad subnet" } });
    expect(await kinds()).toEqual([["DEL", "typo"]]);
  });
});

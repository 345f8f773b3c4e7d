import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Attachment } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { check } from "./check.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  for (const name of ["one", "two"]) await node.plugin(name, ":");
});
afterEach(() => node[Symbol.asyncDispose]());

const run = (more?: Partial<Invocation>, config?: object) =>
  check({ invocation: node.invocation("CHECK", more), config: node.config(config) }, node.ports);
const write = (...attachments: Attachment[]) => node.ledger.write("c1", attachments);

test("asks each plugin with its own configuration and result, in the order of ADD", async () => {
  const attachments = [
    node.attachment({ plugins: ["one", "two"] }),
    node.attachment({ network: "red", args: "C=d", path: ["/nowhere"] }),
    node.attachment({ network: "green", ifName: "eth1" }),
  ];
  await write(...attachments);
  await run();
  const common = { verb: "CHECK", ifName: "eth0", netns: "/run/netns/a" };
  const stdin = (name: string, type: string) => ({ type, name, prevResult: {} });
  expect(await node.takeCalls()).toEqual([
    { ...common, plugin: "one", args: "A=b", stdin: stdin("blue", "one") },
    { ...common, plugin: "two", args: "A=b", stdin: stdin("blue", "two") },
    { ...common, plugin: "one", args: "C=d", stdin: stdin("red", "one") },
  ]);
  expect((await node.ledger.read("c1")).attachments).toEqual(attachments);
});

test("a plugin's own error is the answer, and the next one isn't asked", async () => {
  await node.plugin("one", `echo '{"code":7,"msg":"the address is gone"}'; exit 1`);
  await write(node.attachment({ plugins: ["one", "two"] }));
  await expect(run()).rejects.toMatchObject({
    plugin: "one",
    wire: { code: 7, msg: "the address is gone" },
    place: "network blue, interface eth0",
  });
  expect(await node.takeVerbs()).toEqual(["CHECK one"]);
  expect(await readdir(path.join(node.dir, "locks"))).toEqual([]);
});

describe("of what was never attached fails", () => {
  test.each<[string, Partial<Invocation>]>([
    ["another interface", { ifName: "eth1" }],
    ["another container", { containerId: "c2" }],
  ])("%s", async (_, more) => {
    await write(node.attachment());
    await expect(run(more)).rejects.toMatchObject({ kind: "unknownContainer" });
    expect(await node.takeVerbs()).toEqual([]);
  });
});

test("passes over what a failed try left beside what is attached", async () => {
  await write(node.attachment({ state: "planned", plugins: ["old"] }), node.attachment({ plugins: ["one"] }));
  await node.plugin("one", ":");
  await run();
  expect(await node.takeVerbs()).toEqual(["CHECK one"]);
});

describe("of what isn't in place fails, and nothing is run", () => {
  test.each<[string, Partial<Attachment>, string]>([
    ["attached in part", { state: "planned" }, "planned"],
    ["undone in part", { state: "leaving" }, "leaving"],
    [
      "another namespace",
      { namespace: { path: "/run/netns/a", identity: "4:2", folder: "0:1" } },
      "/run/netns/a is not",
    ],
    ["an earlier boot", { bootId: "boot-0" }, "is not the namespace"],
  ])("%s", async (_, more, message) => {
    await write(node.attachment(more));
    await expect(run()).rejects.toMatchObject({
      kind: "notAttached",
      message: expect.stringContaining(message),
    });
    expect(await node.takeVerbs()).toEqual([]);
  });

  test("also where it isn't to be checked", async () => {
    await write(node.attachment({ checked: false, state: "planned" }));
    await expect(run()).rejects.toMatchObject({ kind: "notAttached" });
  });
});

test("a namespace that ADD could not see is taken as it is", async () => {
  await write(node.attachment({ namespace: { path: "/run/netns/a", identity: "", folder: "0:1" } }));
  await run();
  expect(await node.takeVerbs()).toEqual(["CHECK one"]);
});

test.each<[string, Partial<Attachment>]>([
  ["whose admin doesn't want it", { checked: false }],
  ["before 0.4.0", { cniVersion: "0.3.1" }],
])("a network %s is passed over, the next one is not", async (_, more) => {
  await write(node.attachment(more), node.attachment({ plugins: ["two"] }));
  await run();
  expect(await node.takeVerbs()).toEqual(["CHECK two"]);
});

test.each(["0.1.0", "0.3.1"])("is refused for a configuration of %s", async (cniVersion) => {
  await write(node.attachment());
  await expect(run({}, { cniVersion })).rejects.toMatchObject({
    kind: "incompatibleVersion",
    message: `cniVersion ${cniVersion} does not allow CHECK`,
  });
  expect(await node.takeVerbs()).toEqual([]);
  await run({}, { cniVersion: "0.4.0" });
});

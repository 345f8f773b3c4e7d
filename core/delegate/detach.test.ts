import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEntry } from "../../cni/ledger/format.ts";
import { makeStep } from "../../test/fakes/attachment.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Attachment } from "../ports.ts";
import { detach, type Detaching } from "./detach.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

async function run(more: Partial<Detaching> & { isWanted?: (one: Attachment) => boolean } = {}) {
  const { isWanted = () => true, ...rest } = more;
  const attachments = await kept();
  return await detach(
    { containerId: "c1", attachments, wanted: attachments.filter(isWanted), ...rest },
    node.ports,
  );
}
const write = (...attachments: Attachment[]) => node.ledger.write("c1", attachments);
const kept = async () => (await node.ledger.read("c1")).attachments;

test("runs each undo as it was written, last plugin first", async () => {
  for (const name of ["one", "two", "three"]) await node.plugin(name, ":");
  await write(node.attachment({ plugins: ["one", "two", "three"] }));
  expect(await run()).toEqual([]);
  expect(await node.takeCalls()).toEqual(
    ["three", "two", "one"].map((plugin) => ({
      verb: "DEL",
      plugin,
      ifName: "eth0",
      netns: "/run/netns/a",
      args: "A=b",
      stdin: { type: plugin, name: "blue", prevResult: {} },
    })),
  );
  expect(await kept()).toEqual([]);
});

test("goes on past failures, and keeps what is left in its order", async () => {
  await node.plugin("one", "exit 1");
  await node.plugin("three", `echo '{"code":5,"msg":"busy"}'; exit 1`);
  const attachment = node.attachment({ plugins: ["one", "two", "three"] });
  await write(attachment);
  expect(await run()).toMatchObject([
    { wire: { code: 5, msg: "busy" } },
    { message: expect.stringContaining("DEL of plugin two is not in CNI_PATH") },
    { message: "DEL of plugin one exited with 1: it said nothing" },
  ]);
  expect(await kept()).toEqual([{ ...attachment, state: "leaving" }]);
  await node.plugin("two", ":");
  await run();
  expect((await kept())[0]?.steps).toEqual([makeStep("one"), makeStep("three")]);
});

test("takes the attachments that are wanted, last one first, and leaves the others as they are", async () => {
  await node.plugin("one", ":");
  const [first, other, last] = ["first", "other", "last"].map((network) => node.attachment({ network }));
  await write(...[first, other, last].flatMap((one) => one ?? []));
  expect(await run({ isWanted: ({ network }) => network !== "other" })).toEqual([]);
  expect((await node.takeCalls()).map(({ stdin }) => stdin["name"])).toEqual(["last", "first"]);
  expect(await kept()).toEqual([other]);
});

test("one that failed keeps its place among the others", async () => {
  await write(...["first", "second"].map((network) => node.attachment({ network })));
  await node.plugin("one", `case $stdin in *first*) exit 1 ;; esac`);
  expect(await run()).toHaveLength(1);
  expect((await kept()).map(({ network, state }) => [network, state])).toEqual([["first", "leaving"]]);
});

test("what is undone is gone from the disk before the next attachment is begun", async () => {
  const copy = path.join(node.dir, "copy");
  await node.plugin("one", ":");
  await node.plugin("two", `cp '${node.dir}/ledger/c1' '${copy}'`);
  const [older, newer] = [node.attachment({ plugins: ["two"] }), node.attachment({ network: "red" })];
  await write(older, newer);
  await run();
  expect(await node.takeVerbs()).toEqual(["DEL one", "DEL two"]);
  expect(readEntry("c1", await readFile(copy)).attachments).toEqual([older]);
});

test("without folders of the call, plugins are looked for where ADD found them", async () => {
  await node.plugin("one", ":");
  await write(node.attachment());
  expect(await run()).toEqual([]);
  await write(node.attachment());
  expect(await run({ path: ["/nowhere"] })).toMatchObject([
    { message: "DEL of plugin one is not in CNI_PATH (/nowhere)" },
  ]);
});

test("a bug is thrown at once", async () => {
  await node.plugin("one", ":");
  await write(node.attachment());
  const ledger = {
    ...node.ledger,
    write: async () => {
      throw new TypeError("a bug");
    },
  };
  const attachments = await kept();
  await expect(
    detach({ containerId: "c1", attachments, wanted: attachments }, { ...node.ports, ledger }),
  ).rejects.toThrow(TypeError);
});

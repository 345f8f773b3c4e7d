/** ADD of an interface of which the ledger knows already. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Attachment } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { add } from "./add.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  await node.conf("10-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "blue" });
  await node.plugin("blue", `echo '{"cniVersion":"1.0.0","ips":[]}'`);
  await node.plugin("old", ":");
});
afterEach(() => node[Symbol.asyncDispose]());

const run = (more?: Partial<Invocation>) =>
  add({ invocation: node.invocation("ADD", more), config: node.config() }, node.ports);
const kept = async () => (await node.ledger.read("c1")).attachments;
const states = async () =>
  (await kept()).map(({ network, ifName, state }) => `${network} ${ifName} ${state}`);

test("is refused while it lives, and spoils nothing", async () => {
  await run();
  const before = await kept();
  await expect(run()).rejects.toMatchObject({
    kind: "alreadyAttached",
    message: expect.stringContaining("blue"),
  });
  expect(await kept()).toEqual(before);
  expect(await node.takeVerbs()).toEqual(["ADD blue"]);
});

test("is refused where the first ADD could not see the namespace", async () => {
  node.kernel.identityByPath.clear();
  await run();
  await expect(run()).rejects.toMatchObject({ kind: "alreadyAttached" });
});

test("of another interface is welcome", async () => {
  await run();
  await run({ ifName: "eth1" });
  expect(await states()).toEqual(["blue eth0 attached", "blue eth1 attached"]);
});

test("at the same time waits, and is then refused", async () => {
  const outcomes = await Promise.allSettled([run(), run(), run()]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await node.takeVerbs()).toEqual(["ADD blue"]);
});

describe("what is left over is undone before anything is attached:", () => {
  const gone = { path: "/run/netns/gone", identity: "4:9", folder: "0:1" };
  const left = (more: Partial<Attachment>) => node.attachment({ network: "old", plugins: ["old"], ...more });

  test.each<[string, Partial<Attachment>, string]>([
    ["of a crashed ADD", { state: "planned" }, "/run/netns/a"],
    ["of a failed DEL", { state: "leaving" }, "/run/netns/a"],
    ["of an earlier boot", { bootId: "boot-0" }, ""],
    ["in a namespace that is gone", { namespace: gone }, ""],
    [
      "in another namespace under this path",
      { namespace: { path: "/run/netns/a", identity: "4:9", folder: "0:1" } },
      "",
    ],
  ])("%s", async (_, more, netns) => {
    await node.ledger.write("c1", [left(more)]);
    await run();
    const calls = await node.takeCalls();
    expect(calls.map(({ verb, plugin }) => `${verb} ${plugin}`)).toEqual(["DEL old", "ADD blue"]);
    expect(calls[0]?.netns).toBe(netns);
    expect(await states()).toEqual(["blue eth0 attached"]);
  });

  test("in another namespace, also when that one's number is in use again", async () => {
    node.kernel.inhabited.add("4:9");
    await node.ledger.write("c1", [left({ namespace: gone })]);
    await run();
    expect(await node.takeVerbs()).toEqual(["DEL old", "ADD blue"]);
  });

  test("with this call's CNI_PATH", async () => {
    await node.ledger.write("c1", [left({ state: "planned", path: ["/nowhere"] })]);
    await run();
    expect(await states()).toEqual(["blue eth0 attached"]);
  });

  test("all of this interface, and nothing of another", async () => {
    const other = left({ ifName: "eth1", caller: { network: "genie", ifName: "eth1" }, state: "planned" });
    await node.ledger.write("c1", [left({ state: "planned" }), other, left({ bootId: "boot-0" })]);
    await run();
    expect(await node.takeVerbs()).toEqual(["DEL old", "DEL old", "ADD blue"]);
    expect(await states()).toEqual(["old eth1 planned", "blue eth0 attached"]);
  });

  test("nothing of it where one lives", async () => {
    await node.ledger.write("c1", [left({ state: "planned" }), left({})]);
    await expect(run()).rejects.toMatchObject({ kind: "alreadyAttached" });
    expect(await node.takeVerbs()).toEqual([]);
  });

  test("what can't be is told, and left for DEL", async () => {
    await node.plugin("old", "exit 1");
    await node.ledger.write("c1", [left({ state: "planned" })]);
    await run();
    expect(await states()).toEqual(["old eth0 planned", "blue eth0 attached"]);
    expect(node.warnings).toMatchObject([
      {
        fields: { containerId: "c1", ifName: "eth0" },
        message: "what an earlier ADD left could not be undone; DEL tries again",
      },
    ]);
  });
});

test("is refused while the entry can't be read: what it held would be lost", async () => {
  await mkdir(path.join(node.dir, "ledger"));
  await writeFile(path.join(node.dir, "ledger/c1"), "genie-ledger 1\nattachment 4\net");
  await expect(run()).rejects.toMatchObject({ kind: "ioFailure", details: expect.stringContaining("DEL") });
  expect(await node.takeVerbs()).toEqual([]);
  expect(await readdir(path.join(node.dir, "ledger"))).toEqual(["c1"]);
});

test("a bug is no reason to try the next network, and loses no undo", async () => {
  const bug = new TypeError("a bug");
  const exec = { ...node.ports.exec, run: async () => Promise.reject(bug) };
  const call = { invocation: node.invocation("ADD"), config: node.config({ args: { cni: "" } }) };
  await node.conf("20-old.conf", { cniVersion: "1.0.0", name: "old", type: "old" });
  await expect(add(call, { ...node.ports, exec })).rejects.toBe(bug);
  expect(await states()).toEqual(["blue eth0 planned"]);
});

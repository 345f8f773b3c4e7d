import { mkdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Attachment } from "../ports.ts";
import { cleanDead, type Cleaning } from "./clean.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

const gone = { namespace: { path: "/run/netns/gone", identity: "4:9", folder: "0:1" } };

/** Containers c1, c2, …, each with one dead attachment by a plugin of its own name. */
async function writeDead(count: number): Promise<readonly string[]> {
  const containerIds = Array.from({ length: count }, (_, at) => `c${at + 1}`);
  for (const containerId of containerIds) {
    await node.plugin(containerId, ":");
    await write(node.attachment({ containerId, plugins: [containerId], ...gone }));
  }
  return containerIds;
}

async function write(...attachments: Attachment[]): Promise<void> {
  await node.ledger.write(attachments[0]?.containerId ?? "", attachments);
}

async function clean(more: Partial<Cleaning> = {}, signal: AbortSignal = node.ports.signal) {
  const containerIds = (await node.ledger.list()).toSorted();
  return await cleanDead(
    { containerIds, limit: Number.POSITIVE_INFINITY, ...more },
    { ...node.ports, signal },
  );
}

test("what is dead is undone without a namespace, with the plugins of ADD", async () => {
  await writeDead(2);
  expect(await clean()).toEqual([]);
  expect((await node.takeCalls()).map(({ verb, plugin, netns }) => ({ verb, plugin, netns }))).toEqual([
    { verb: "DEL", plugin: "c1", netns: "" },
    { verb: "DEL", plugin: "c2", netns: "" },
  ]);
  expect(await node.ledger.list()).toEqual([]);
});

test("what lives stays, also beside what is dead", async () => {
  const living = node.attachment({ ifName: "eth1" });
  await node.plugin("one", ":");
  await write(node.attachment(gone), living, node.attachment({ ...gone, bootId: "boot-0", ifName: "eth2" }));
  expect(await clean()).toEqual([]);
  expect((await node.takeCalls()).map(({ ifName }) => ifName)).toEqual(["eth2", "eth0"]);
  expect((await node.ledger.read("c1")).attachments).toEqual([living]);
});

test("nothing happens, and no lock is taken, where all live", async () => {
  await write(node.attachment());
  const tryLock = async () => {
    throw new Error("a lock was taken");
  };
  const ports = { ...node.ports, ledger: { ...node.ledger, tryLock } };
  expect(await cleanDead({ containerIds: ["c1", "c2"], limit: 9 }, ports)).toEqual([]);
  expect(await node.takeVerbs()).toEqual([]);
});

describe("passed over are", () => {
  test("a container that another call works on", async () => {
    await writeDead(2);
    {
      await using _lock = await node.ledger.lock("c1", node.ports.signal);
      expect(await clean()).toEqual([]);
      expect(await node.takeVerbs()).toEqual(["DEL c2"]);
    }
    await clean();
    expect(await node.takeVerbs()).toEqual(["DEL c1"]);
  });

  test("what is to be kept", async () => {
    await writeDead(2);
    await clean({ isKept: ({ containerId }) => containerId === "c1" });
    expect(await node.takeVerbs()).toEqual(["DEL c2"]);
  });

  test("what is beyond the limit", async () => {
    await writeDead(3);
    await clean({ limit: 2 });
    expect(await node.takeVerbs()).toEqual(["DEL c1", "DEL c2"]);
    expect(await node.ledger.list()).toEqual(["c3"]);
  });

  test("all, once we are told to stop", async () => {
    await writeDead(1);
    await clean({}, AbortSignal.abort());
    expect(await node.takeVerbs()).toEqual([]);
  });

  test("what another call has cleaned meanwhile", async () => {
    await writeDead(1);
    const tryLock: typeof node.ledger.tryLock = async (containerId) => {
      await node.ledger.write(containerId, []);
      return await node.ledger.tryLock(containerId);
    };
    const ports = { ...node.ports, ledger: { ...node.ledger, tryLock } };
    expect(await cleanDead({ containerIds: ["c1"], limit: 1 }, ports)).toEqual([]);
    expect(await node.takeVerbs()).toEqual([]);
  });
});

test("a failure is told, stays in the ledger, counts, and keeps no other from being cleaned", async () => {
  await writeDead(3);
  await node.plugin("c1", "exit 1");
  expect(await clean({ limit: 2 })).toMatchObject([{ message: expect.stringContaining("DEL of plugin c1") }]);
  expect(await node.takeVerbs()).toEqual(["DEL c1", "DEL c2"]);
  expect((await node.ledger.read("c1")).attachments).toMatchObject([{ state: "leaving" }]);
});

test("a container that can't be locked is told of, and the next one cleaned", async () => {
  await writeDead(2);
  await mkdir(path.join(node.dir, "locks/c1"), { recursive: true });
  expect(await clean()).toMatchObject([{ kind: "ioFailure" }]);
  expect(await node.ledger.list()).toEqual(["c1"]);
});

test("a dead attachment is spared while the container lives under the same interface again", async () => {
  await node.plugin("one", ":");
  const dead = node.attachment({ ...gone, state: "leaving" });
  await write(dead, node.attachment(), node.attachment({ ...gone, ifName: "eth1" }));
  expect(await clean()).toEqual([]);
  expect((await node.takeCalls()).map(({ ifName }) => ifName)).toEqual(["eth1"]);
  expect((await node.ledger.read("c1")).attachments).toEqual([dead, node.attachment()]);
});

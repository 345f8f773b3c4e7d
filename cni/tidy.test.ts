import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../test/fakes/node.ts";
import { tidy } from "./tidy.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

/** Containers with an attachment of an earlier boot. */
async function writeDead(count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const containerId = `c${at}`;
    await node.ledger.write(containerId, [node.attachment({ containerId, bootId: "boot-0" })]);
  }
}

test("gives back what is dead, a few at a time, until nothing is left", async () => {
  await node.plugin("one", ":");
  await writeDead(6);
  await tidy(node.ports);
  expect(await node.takeVerbs()).toEqual(Array.from({ length: 4 }, () => "DEL one"));
  await tidy(node.ports);
  expect(await node.takeVerbs()).toHaveLength(2);
  expect(await node.ledger.list()).toEqual([]);
  expect(node.warnings).toEqual([]);
});

test("looks at eight entries at most, wherever they stand, and at each of a few", async () => {
  const looked: string[][] = [];
  const look = async (count: number) => {
    const seen: string[] = [];
    const list = async () => Array.from({ length: count }, (_, at) => `c${at}`);
    const read: typeof node.ledger.read = async (containerId) => {
      seen.push(containerId);
      return await node.ledger.read(containerId);
    };
    await tidy({ ...node.ports, ledger: { ...node.ledger, list, read } });
    looked.push(seen);
  };
  for (let nth = 0; nth < 100; nth++) await look(20);
  for (const seen of looked) expect(new Set(seen).size).toBe(8);
  expect(new Set(looked.flat()).size).toBe(20);
  looked.length = 0;
  await look(3);
  expect(looked[0]?.toSorted()).toEqual(["c0", "c1", "c2"]);
});

test("nothing is looked at, and nothing wrong, where nothing is", async () => {
  await tidy(node.ports);
  expect(node.warnings).toEqual([]);
});

test("what fails is told, and thrown at nobody", async () => {
  await node.plugin("one", "exit 1");
  await writeDead(1);
  await tidy(node.ports);
  expect(node.warnings).toMatchObject([
    {
      fields: { err: { kind: "delegateFailed" } },
      message: "a dead attachment could not be undone; another call tries again",
    },
  ]);
  expect(await node.ledger.list()).toEqual(["c0"]);
});

test("a ledger that can't be read is told of, and thrown at nobody", async () => {
  await writeFile(path.join(node.dir, "ledger"), "a file where the folder should be");
  await tidy(node.ports);
  expect(node.warnings).toMatchObject([
    { fields: { err: { kind: "ioFailure" } }, message: "looking for dead attachments failed" },
  ]);
});

test("ends when the call is told to stop", async () => {
  await node.plugin("one", ":");
  await writeDead(2);
  await tidy({ ...node.ports, signal: AbortSignal.abort() });
  expect(await node.takeVerbs()).toEqual([]);
});

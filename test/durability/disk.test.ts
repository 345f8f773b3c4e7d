import { readFile, rm, utimes, writeFile, mkdir, readdir, stat, truncate } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callGenie } from "../e2e/node.ts";
import { addNamespace, listLinks, type NetworkNamespace } from "../setup/namespace.ts";
import { type DiskNode, makeDiskNode } from "./disk-node.ts";

let node: DiskNode;
beforeAll(async () => {
  node = await makeDiskNode();
});
afterAll(() => node[Symbol.asyncDispose]());

const call = (verb: "ADD" | "DEL" | "CHECK", pod: NetworkNamespace) =>
  callGenie(node, { verb, pod, stdin: node.stdin });
const ok = { exitCode: 0 };

async function expectNothing(pod: NetworkNamespace): Promise<void> {
  expect(await listLinks(pod)).toEqual([]);
  expect(await node.holders()).not.toContain(pod.name);
  expect((await node.entries()).filter((name) => name.includes(pod.name) && !isAside(name))).toEqual([]);
}

const isAside = (name: string) => name.startsWith(".unreadable-");

test("on a full disk ADD fails before it does anything, and DEL works", async () => {
  await using pod = await addNamespace();
  {
    await using _full = await node.fill();
    expect(await call("ADD", pod)).toMatchObject({
      exitCode: 1,
      answer: { code: 5, msg: expect.stringContaining("ENOSPC") },
    });
    await expectNothing(pod);
  }
  expect(await call("ADD", pod)).toMatchObject(ok);
  {
    await using _full = await node.fill();
    expect(await call("DEL", pod)).toMatchObject(ok);
    await expectNothing(pod);
  }
});

test("on a disk that turned read-only DEL undoes, says that it can't forget, and is done once it can", async () => {
  await using pod = await addNamespace();
  await using never = await addNamespace();
  expect(await call("ADD", pod)).toMatchObject(ok);
  {
    await using _frozen = await node.freeze();
    expect(await call("DEL", never)).toMatchObject(ok);
    expect(await call("ADD", never)).toMatchObject({ exitCode: 1, answer: { code: 5 } });
    expect(await call("DEL", pod)).toMatchObject({
      exitCode: 1,
      answer: { code: 5, msg: expect.stringContaining("EROFS") },
    });
    expect(await listLinks(pod)).toEqual([]);
    expect(await node.holders()).not.toContain(pod.name);
  }
  expect(await node.entries()).toContain(pod.name);
  expect(await call("DEL", pod)).toMatchObject(ok);
  await expectNothing(pod);
  await expectNothing(never);
});

test("what a power cut leaves between the temporary file and its new name is no entry, and goes with DEL", async () => {
  await using pod = await addNamespace();
  await using first = await addNamespace();
  expect(await call("ADD", first)).toMatchObject(ok); // the node's secret is written once, and renamed too
  expect(await call("DEL", first)).toMatchObject(ok);
  const cut = await node.program(["-f", "-qq", "-e", "trace=rename", "-e", "inject=rename:signal=KILL"]);
  const killed = await callGenie(node, { verb: "ADD", pod, stdin: node.stdin, program: cut });
  expect(killed.answer).toBeUndefined();
  expect(await node.entries()).toEqual(expect.arrayContaining([`.${pod.name}.tmp`]));
  expect(await node.entries()).not.toContain(pod.name);
  expect(await call("DEL", pod)).toMatchObject(ok);
  await expectNothing(pod);
});

test("a clock that went back an hour changes nothing", async () => {
  await using pod = await addNamespace();
  expect(await call("ADD", pod)).toMatchObject(ok);
  const inAnHour = new Date(Date.now() + 3_600_000); // files from the future are what such a clock sees
  for (const name of await readdir(node.stateDir, { recursive: true }))
    await utimes(path.join(node.stateDir, name), inAnHour, inAnHour);
  expect(await call("CHECK", pod)).toMatchObject(ok);
  expect(await call("DEL", pod)).toMatchObject(ok);
  expect(await call("ADD", pod)).toMatchObject(ok);
  expect(await call("DEL", pod)).toMatchObject(ok);
  await expectNothing(pod);
});

describe("an entry that can't be read is set aside, its attachment undone as far as can be guessed", () => {
  const entryOf = (pod: NetworkNamespace) => path.join(node.stateDir, "ledger", pod.name);
  const replaceBy = (content: string) => async (file: string) => await writeFile(file, content);
  test.each<[string, (file: string) => Promise<void>]>([
    ["torn", async (file) => truncate(file, (await readFile(file)).length - 100)],
    ["of zeros", async (file) => writeFile(file, Buffer.alloc((await readFile(file)).length))],
    ["empty", replaceBy("")],
    ["foreign", replaceBy('{"not":"ours"}')],
    [
      "of a newer genie",
      async (file) =>
        writeFile(file, (await readFile(file, "utf8")).replace("genie-ledger 1", "genie-ledger 2")),
    ],
    [
      "a folder",
      async (file) => {
        await rm(file);
        await mkdir(file);
      },
    ],
  ])("%s", async (_, spoil) => {
    await using pod = await addNamespace();
    expect(await call("ADD", pod)).toMatchObject(ok);
    await spoil(entryOf(pod));
    expect(await call("DEL", pod)).toMatchObject({ ...ok, stderr: expect.stringContaining("unreadable") });
    await expectNothing(pod);
    expect((await node.entries()).filter((name) => name.includes(pod.name))).toEqual([
      expect.stringMatching(/^\.unreadable-/),
    ]);
    expect(await call("DEL", pod)).toMatchObject(ok);
  });
});

/** The kernel gives the number of a namespace away again, a moment after it is gone: to us, or to a test beside us. */
async function findWithInode(name: string, ino: number): Promise<NetworkNamespace | undefined> {
  for (let tries = 0; tries < 50; tries++) {
    const namespace = await addNamespace(name);
    if ((await stat(namespace.path)).ino === ino) return namespace;
    await namespace[Symbol.asyncDispose]();
    await sleep(50);
  }
  return undefined;
}

/** A namespace that was attached and is gone, and another one in its place. */
async function replaceNamespace(): Promise<{ first: NetworkNamespace; again: NetworkNamespace }> {
  for (let tries = 0; tries < 8; tries++) {
    const first = await addNamespace();
    expect(await call("ADD", first)).toMatchObject(ok);
    const { ino } = await stat(first.path);
    await first[Symbol.asyncDispose]();
    const again = await findWithInode(first.name, ino);
    if (again !== undefined) return { first, again };
    expect(await call("DEL", first)).toMatchObject(ok);
  }
  throw new Error("no namespace got the inode of the one before it");
}

test("a namespace that another pod has under the same path is not touched", async () => {
  const { first, again: made } = await replaceNamespace();
  await using again = made;
  const other = { name: `${first.name}-other`, path: again.path };
  expect(await callGenie(node, { verb: "ADD", pod: other, stdin: node.stdin })).toMatchObject(ok);

  expect(await call("DEL", first)).toMatchObject(ok);
  expect(await listLinks(again)).toEqual(["eth0"]);
  expect(await node.holders()).toEqual([other.name]);
  expect(await callGenie(node, { verb: "DEL", pod: other, stdin: node.stdin })).toMatchObject(ok);
  await expectNothing(again);
});

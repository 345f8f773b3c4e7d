/** A pod with four networks from four plugins: reached on every address, answering by the way on which it was asked. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addNamespace, runIn } from "../setup/namespace.ts";
import type { GenieCall } from "./node.ts";
import { makeWideNode, WIDE_NETWORKS, type WideNode } from "./wide-node.ts";
import {
  callFor,
  expectAnswers,
  expectNodeClean,
  expectNothingLeft,
  findWay,
  listAddresses,
  listDefaults,
  type Pod,
  toTold,
} from "./wide-pod.ts";

const undo = new AsyncDisposableStack();
let wide: WideNode;
beforeAll(async () => {
  wide = await makeWideNode(undo);
});
afterAll(() => undo.disposeAsync());

const LINKS = ["eth0", "eth1", "eth2", "eth3"];
const ALL = WIDE_NETWORKS.join(",");

const call = (verb: GenieCall["verb"], pod: Pod, cni = ALL) => callFor(pod, verb, { wide, cni });

test("every address is answered, by the interface that has it, and CHECK says so", async () => {
  await using pod = await addNamespace();
  const added = await call("ADD", pod);
  expect(added).toMatchObject({ exitCode: 0 });
  const told = toTold(added);
  const sandboxed = told.interfaces.filter(({ sandbox }) => sandbox === pod.path);
  expect(sandboxed.map(({ name }) => name)).toEqual(LINKS);
  expect(listAddresses(told).map(([link]) => link)).toEqual(LINKS.flatMap((link) => [link, link]));
  expect(await listDefaults(pod)).toEqual(["eth0", "eth0"]);
  expect(told.routes).toEqual([
    { dst: "0.0.0.0/0", gw: "10.10.1.1" },
    { dst: "::/0", gw: "fd10:1::1" },
  ]);
  await expectAnswers(pod, told, wide);
  expect(await call("CHECK", pod)).toMatchObject({ exitCode: 0 });
  await runIn(pod, ["ip", "-6", "rule", "delete", "table", "1002"]);
  expect(await call("CHECK", pod)).toMatchObject({ exitCode: 1, answer: { code: 100 } });
  expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
  await expectNothingLeft(pod, wide);
});

test("what is in a network is reached by that network, and its question to another address is answered by that one", async () => {
  await using pod = await addNamespace();
  const told = toTold(await call("ADD", pod));
  const own = new Map(listAddresses(told).filter(([, address]) => !address.includes(":")));
  for (const [at, link] of LINKS.entries()) {
    expect(await findWay(pod, `10.10.${at + 1}.1`)).toBe(link);
    expect(await findWay(pod, "10.10.2.9", own.get(link))).toBe(link);
  }
  expect(await findWay(pod, wide.addresses.v4)).toBe("eth0");
  await call("DEL", pod);
});

test("DEL leaves nothing when the configuration files are gone, and when the pod is too", async () => {
  await using pod = await addNamespace();
  const ended = await addNamespace();
  await call("ADD", pod, "blue,red,gray");
  await call("ADD", ended, "green,blue");
  for (const file of await readdir(wide.node.confDir)) await rm(path.join(wide.node.confDir, file));
  expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
  await ended[Symbol.asyncDispose]();
  expect(await call("DEL", ended)).toMatchObject({ exitCode: 0 });
  await expectNothingLeft(pod, wide);
  await expectNodeClean(ended.name, wide);
  for (const name of WIDE_NETWORKS) await wide.network(name);
});

test("when the third fails, the second and the first are undone", async () => {
  await using pod = await addNamespace();
  await wide.network("red", { ipam: { ranges: [[{ subnet: "10.10.3.0/30" }]] } }); // has room for one
  const added = await call("ADD", pod, "red,green,red");
  const msg = expect.stringContaining("no IP addresses available");
  expect(added).toMatchObject({ exitCode: 1, answer: { code: 999, msg } });
  await expectNothingLeft(pod, wide);
  await wide.network("red");
});

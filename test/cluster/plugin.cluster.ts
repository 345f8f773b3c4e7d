/** The built plugin on a node of a cluster. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { withAnnotations } from "../e2e/node.ts";
import { addNamespace, listLinks } from "../setup/namespace.ts";
import { type ClusterNode, startClusterNode } from "./cluster-node.ts";

let shop: ClusterNode;
beforeAll(async () => {
  shop = await startClusterNode();
});
afterAll(() => shop[Symbol.asyncDispose]());

test("a pod gets the networks that it names in the cluster, and is told its addresses", async () => {
  await using pod = await addNamespace();
  const uid = await shop.create("two", { cni: "blue,green" });
  expect(await shop.call("ADD", pod, { name: "two", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await shop.readAnnotations("two")).toMatchObject({
    cni: "blue,green",
    "multi-ip-preferences": expect.stringContaining('"multi_entry":2'),
  });
  expect(await shop.call("DEL", pod, { name: "two", uid })).toMatchObject({ exitCode: 0 });
});

test("a pod that leaves the choice to genie is told what it is, and an event says why", async () => {
  await using pod = await addNamespace();
  const uid = await shop.create("any", { cni: "" });
  expect(await shop.call("ADD", pod, { name: "any", uid })).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await shop.readAnnotations("any")).toEqual({ cni: "blue" });
  expect(await shop.listEvents(uid)).toMatchObject([
    { reason: "NetworkChosen", message: expect.stringMatching(/^Genie chose blue over /) },
  ]);
  await shop.call("DEL", pod, { name: "any", uid });
});

test("a pod that was replaced by another one of its name gets nothing, and the other is told nothing", async () => {
  await using pod = await addNamespace();
  await shop.create("again", { cni: "blue" });
  const { exitCode, answer } = await shop.call("ADD", pod, { name: "again", uid: "of-the-one-before" });
  expect([exitCode, answer]).toMatchObject([1, { code: 11, msg: expect.stringContaining("another pod") }]);
  expect(await listLinks(pod)).toEqual([]);
  const fields = withAnnotations({ cni: "blue,green" });
  const added = await shop.call("ADD", pod, { name: "again", uid: "of-the-one-before", fields });
  expect(added).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("annotations are not written"),
  });
  expect(await shop.readAnnotations("again")).toEqual({ cni: "blue" });
  await shop.call("DEL", pod, { name: "again", uid: "of-the-one-before" });
});

test("with the API server down, pods start whose annotations the runtime hands over; others are tried again", async () => {
  await using one = await addNamespace();
  await using other = await addNamespace();
  await using before = await addNamespace();
  const uid = await shop.create("down", { cni: "blue" });
  expect(await shop.call("ADD", before, { name: "down", uid })).toMatchObject({ exitCode: 0 });
  await shop.cluster.stop();
  try {
    const calls = shop.relay.calls();
    const fields = withAnnotations({ cni: "green" });
    expect(await shop.call("ADD", one, { name: "down", uid, fields })).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect(shop.relay.calls()).toBe(calls);
    const { exitCode, answer } = await shop.call("ADD", other, { name: "down", uid });
    expect([exitCode, answer]).toMatchObject([1, { code: 11 }]);
    expect(await listLinks(other)).toEqual([]);
    const asked = shop.relay.calls();
    for (const pod of [before, one, other]) {
      expect(await shop.call("DEL", pod, { name: "down", uid })).toMatchObject({ exitCode: 0 });
      expect(await listLinks(pod)).toEqual([]);
    }
    expect(shop.relay.calls()).toBe(asked);
  } finally {
    await shop.cluster.start();
  }
});

import { expect, test } from "vitest";
import { makeCluster, makeDefinition, makePodObject } from "../../test/fakes/cluster.ts";
import { askOnce } from "./once.ts";

const { signal } = new AbortController();

test("each object and each list is asked for once, and is the same both times", async () => {
  const fake = makeCluster({ pods: [makePodObject()], definitions: [makeDefinition("blue", "{}")] });
  const cluster = askOnce(fake);
  const blue = { namespace: "shop", name: "blue" };
  const first = await cluster.findDefinition(blue, signal);
  expect(first).toMatchObject(blue);
  expect(await cluster.findDefinition({ ...blue }, signal)).toBe(first);
  for (const _ of ["once", "twice"]) {
    await cluster.findDefinition({ namespace: "infra", name: "blue" }, signal);
    await cluster.findPod({ namespace: "shop", name: "web" }, signal);
    await cluster.findLogicalNetwork(blue, signal);
    await cluster.findPhysicalNetwork(blue, signal);
    await cluster.listDefinitions("shop", signal);
    await cluster.listLogicalNetworks("shop", signal);
    await cluster.listPhysicalNetworks("shop", signal);
  }
  expect(fake.takeCalls()).toEqual([
    "findDefinition shop/blue",
    "findDefinition infra/blue",
    "findPod shop/web",
    "findLogicalNetwork shop/blue",
    "findPhysicalNetwork shop/blue",
    "listDefinitions shop",
    "listLogicalNetworks shop",
    "listPhysicalNetworks shop",
  ]);
});

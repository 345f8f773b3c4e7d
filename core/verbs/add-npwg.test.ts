/** A pod that asks in the way of the NPWG. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeCluster, makeCluster, makeDefinition } from "../../test/fakes/cluster.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { Failure } from "../errors.ts";
import { ANY_NETWORK, COUNT, NETWORKS, SELECTOR } from "../intent/npwg/keys.ts";
import type { JsonObject } from "../spec/json.ts";
import { add } from "./add.ts";
import { check } from "./check.ts";
import { del } from "./del.ts";
import { gc } from "./gc.ts";

let node: FakeNode;
let cluster: FakeCluster;
beforeEach(async () => {
  node = await openFakeNode();
  const types = ["main", "blue", "green"];
  for (const type of types) await node.plugin(type, answering);
  await node.conf("10-main.conf", {
    cniVersion: "1.0.0",
    name: "main",
    type: "main",
    capabilities: { mac: true },
  });
  const labels = new Map([["tenant", "a"]]);
  const capabilities = { ips: true, mac: true, bandwidth: true };
  cluster = makeCluster({
    definitions: [
      makeDefinition(
        "blue",
        { cniVersion: "1.0.0", type: "blue", capabilities, args: { cni: { x: 0 } } },
        { labels },
      ),
      makeDefinition("green", { cniVersion: "1.0.0", plugins: [{ type: "green" }] }, { labels }),
    ],
  });
});
afterEach(() => node[Symbol.asyncDispose]());

const answering = `[ $CNI_COMMAND != ADD ] || echo '{"cniVersion":"1.0.0","interfaces":[{"name":"'$CNI_IFNAME'","sandbox":"/run/netns/a"}],"ips":[{"interface":0,"address":"10.0.0.5/24"}]}'`;
const failing = '[ $CNI_COMMAND != ADD ] || { echo \'{"code":11,"msg":"full"}\'; exit 1; }';
const args = "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1";
const json = (...elements: object[]) => JSON.stringify(elements);

const run = (networks: string, config: JsonObject = {}) =>
  add(
    {
      invocation: node.invocation("ADD", { args }),
      config: node.config({ args: { cni: { [NETWORKS]: networks } }, ...config }),
    },
    { ...node.ports, cluster },
  );
const calls = async () =>
  (await node.takeCalls()).map(({ verb, plugin, ifName }) => `${verb} ${plugin} ${ifName}`);
const kept = async () =>
  (await node.ledger.read("c1")).attachments.map(({ network, ifName }) => `${network} ${ifName}`);
const statusOf = ({ notes }: Awaited<ReturnType<typeof add>>): JsonObject[] =>
  JSON.parse(notes.annotations["k8s.v1.cni.cncf.io/network-status"] ?? "[]");

test("NPWG 14, 22, 29: the default network is on CNI_IFNAME, the others on net<k> by their position, or as asked", async () => {
  const answer = await run("blue, green@g0, blue");
  expect(await calls()).toEqual(["ADD main eth0", "ADD blue net1", "ADD green g0", "ADD blue net3"]);
  expect(statusOf(answer).map(({ name, interface: ifName, default: is }) => [name, ifName, is])).toEqual([
    ["main", "eth0", true],
    ["shop/blue", "net1", false],
    ["shop/green", "g0", false],
    ["shop/blue", "net3", false],
  ]);
  expect(cluster.takeCalls()).toEqual([
    "findDefinition shop/blue",
    "findDefinition shop/green",
    "findDefinition shop/blue",
  ]);
});

test("NPWG 12, 15, 17, 36: each attachment gets what is asked of it, and only the default one what the runtime says", async () => {
  const blue = { name: "blue", ips: ["10.0.0.9/24"], bandwidth: { egressRate: 8 }, "cni-args": { y: 1 } };
  await run(json(blue, { name: "green" }), { runtimeConfig: { mac: "02:00:00:00:00:01", portMappings: [] } });
  const told = await node.takeCalls();
  expect(told.map(({ stdin }) => stdin["runtimeConfig"])).toEqual([
    { mac: "02:00:00:00:00:01" },
    { ips: ["10.0.0.9/24"], bandwidth: { egressRate: 8, egressBurst: 2_147_483_647 } },
    undefined,
  ]);
  expect(told[1]?.stdin["args"]).toEqual({ cni: { x: 0, y: 1 } });
  expect(told.map((call) => call.args)).toEqual([args, `IgnoreUnknown=1;${args};IP=10.0.0.9/24`, args]);
});

describe("NPWG 23, 31, 33: with the objects and files gone", () => {
  test("DEL, CHECK and GC know all from the ledger", async () => {
    await run("blue,green");
    await node.takeCalls();
    cluster.definitions.length = 0;
    await node.conf("10-main.conf", {});
    const config = node.config();
    await check({ invocation: node.invocation("CHECK"), config }, node.ports);
    expect(await calls()).toEqual(["CHECK main eth0", "CHECK blue net1", "CHECK green net2"]);
    await gc({ invocation: node.invocation("GC"), config, valid: [] }, node.ports);
    expect(await kept()).toEqual(["main eth0", "blue net1", "green net2"]);
    await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
    expect(await calls()).toEqual(["DEL green net2", "DEL blue net1", "DEL main eth0"]);
    expect(await kept()).toEqual([]);
  });

  test("one DEL that fails keeps no other from being done, and is told", async () => {
    await run("blue,green");
    await node.plugin("blue", 'echo \'{"code":11,"msg":"busy"}\'; exit 1');
    await node.takeCalls();
    const deleting = del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
    await expect(deleting).rejects.toMatchObject({ wire: { code: 11, msg: "busy" } });
    expect(await calls()).toEqual(["DEL green net2", "DEL blue net1", "DEL main eth0"]);
    expect(await kept()).toEqual(["blue net1"]);
  });
});

test("NPWG 32, 34: an attachment that fails undoes those before it, one after the other; those after it aren't tried", async () => {
  await node.plugin("blue", failing);
  await expect(run("green,blue,green")).rejects.toMatchObject({ wire: { code: 11, msg: "full" } });
  expect(await calls()).toEqual([
    "ADD main eth0",
    "ADD green net1",
    "ADD blue net2",
    "DEL blue net2",
    "DEL green net1",
    "DEL main eth0",
  ]);
  expect(await kept()).toEqual([]);
});

describe("nothing is run", () => {
  test.each<[string, string, JsonObject, string]>([
    ["NPWG 14: when an interface is the default network's", "blue@eth0", {}, "invalidConfig"],
    ["NPWG 5: for an object that isn't there", "blue,pink", {}, "unknownNetwork"],
    [
      "NPWG 13: for a capability that isn't there",
      json({ name: "blue" }, { name: "green", mac: "02:00:00:00:00:01" }),
      {},
      "invalidConfig",
    ],
    [
      "NPWG 35: for what another namespace has",
      "infra/blue",
      { genie: { namespaceIsolation: true } },
      "deniedByRule",
    ],
    [
      "NPWG 35: for a field without a grant",
      json({ name: "blue", mac: "02:00:00:00:00:01" }),
      { genie: { grants: [{ namespaces: ["*"], networks: ["*/*"] }] } },
      "deniedByRule",
    ],
    ["NPWG 38: when too few can serve", json({ name: ANY_NETWORK, [COUNT]: 3 }), {}, "noCandidate"],
  ])("%s", async (...[, networks, config, kind]) => {
    cluster.definitions.push(makeDefinition("blue", { type: "blue" }, { namespace: "infra" }));
    await expect(run(networks, config)).rejects.toMatchObject({ kind });
    expect(await calls()).toEqual([]);
    expect(await kept()).toEqual([]);
  });

  test("NPWG 30: until the default network is there", async () => {
    await node.conf("10-main.conf", {});
    await expect(run("blue")).rejects.toMatchObject({ kind: "tryAgainLater" });
    expect(await calls()).toEqual([]);
  });

  test("when the API server can't be asked; a pod that asks for none needs none", async () => {
    cluster.fail(["findDefinition", "listDefinitions"], new Failure("tryAgainLater", "down"));
    await expect(run("blue")).rejects.toMatchObject({ kind: "tryAgainLater" });
    await expect(run(json({ name: ANY_NETWORK }))).rejects.toMatchObject({ kind: "tryAgainLater" });
    expect(await calls()).toEqual([]);
    await run("");
    expect(await calls()).toEqual(["ADD main eth0"]);
  });
});

test("NPWG 38: of the labelled networks genie chooses, others for each wish", async () => {
  const any = { name: ANY_NETWORK, [SELECTOR]: "tenant=a" };
  expect(statusOf(await run(json(any, any))).map(({ name }) => name)).toEqual([
    "main",
    "shop/blue",
    "shop/green",
  ]);
  expect(cluster.takeCalls()).toEqual(["listDefinitions shop", "listDefinitions shop"]);
});

test("NPWG 38: several at once are several attachments", async () => {
  const answer = await run(json({ name: ANY_NETWORK, [SELECTOR]: "tenant in (a)", [COUNT]: 2 }));
  expect(await calls()).toEqual(["ADD main eth0", "ADD blue net1", "ADD green net2"]);
  const decision = { decidedBy: "fallback" };
  expect(statusOf(answer).slice(1)).toMatchObject([
    { "io.github.cni-genie.decision": decision },
    { "io.github.cni-genie.decision": decision },
  ]);
});

test("NPWG 39: an annotation that counts for nothing is told in the log and to the pod", async () => {
  const { notes } = await run("Blue", { genie: { invalidAnnotation: "ignore" } });
  expect(await calls()).toEqual(["ADD main eth0"]);
  expect(node.warnings).toMatchObject([
    { fields: { pod: { name: "web" }, reason: expect.stringContaining("element 1: name: must be") } },
  ]);
  expect(notes.events).toMatchObject([{ type: "Warning", reason: "InvalidAnnotation" }]);
});

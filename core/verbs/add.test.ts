import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeCluster, makePodObject } from "../../test/fakes/cluster.ts";
import { hollowModules } from "../../test/fakes/hollow-modules.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import type { Cluster, PodObject } from "../cluster.ts";
import type { AddPorts, DecisionEntry } from "../ports.ts";
import type { ModuleResult } from "../select/outcome.ts";
import { ANY_KEY } from "../select/pod-keys.ts";
import type { SelectionRequest } from "../select/request.ts";
import { add } from "./add.ts";

const networks = ["blue", "green", "red"];
let node: FakeNode;
let decisions: DecisionEntry[];
/** What the scorer was asked. */
let requests: SelectionRequest[];
beforeEach(async () => {
  node = await openFakeNode();
  decisions = [];
  requests = [];
});
afterEach(() => node[Symbol.asyncDispose]());

const selection = { scorers: [{ module: `r/a@sha256:${"a".repeat(64)}`, onFailure: "fail" }] };

interface Case {
  readonly config?: Readonly<Record<string, unknown>>;
  /** What the one scorer says. */
  readonly says?: ModuleResult<unknown>;
  readonly signal?: AbortSignal;
  readonly hasNetworks?: boolean;
  readonly cluster?: Cluster;
}

/** A module that asks for all that it may see. */
async function loadAsking(...asked: Parameters<typeof hollowModules.load>) {
  const found = await hollowModules.load(...asked);
  if (found.outcome !== "ok") return found;
  return { ...found, value: { ...found.value, declared: { labels: [ANY_KEY], annotations: [] } } };
}

/** By default the node has blue, green and red, each of one plugin of that name. */
async function run({ config, says, signal = node.ports.signal, hasNetworks = true, cluster }: Case = {}) {
  const listed = hasNetworks ? networks : [];
  for (const [at, name] of listed.entries()) {
    await node.conf(`${at}0-${name}.conf`, { cniVersion: "1.0.0", name, type: name });
  }
  const said = says ?? { outcome: "error", detail: "nothing is scripted" };
  const ports: AddPorts = {
    ...node.ports,
    signal,
    cluster,
    modules: { load: loadAsking },
    openSandbox: () => ({
      load: async () => ({ outcome: "ok", value: undefined }),
      score: async (_, request) => {
        requests.push(request);
        return said;
      },
      select: async () => said,
      [Symbol.asyncDispose]: async () => {},
    }),
    recordDecision: async (entry) => void decisions.push(entry),
  };
  const args = "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1";
  const call = { invocation: node.invocation("ADD", { args }), config: node.config(config) };
  return (await add(call, ports)).result;
}

const kept = async () => (await node.ledger.read("c1")).attachments;
const address = '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}';
const succeeding = `echo '${address}'`;
const failing = (msg: string) =>
  `if [ $CNI_COMMAND = ADD ]; then echo '{"code":11,"msg":"${msg}"}'; exit 1; fi`;
const scores = (...values: number[]) => ({
  outcome: "ok" as const,
  value: values.map((val) => ({ tag: "score", val })),
});
const showing = (...pods: PodObject[]) => makeCluster({ pods });
const any = { args: { cni: "" } };

describe("the network", () => {
  test.each<[string, Case, string]>([
    ["that the pod names", { config: { args: { cni: "green" } } }, "green"],
    [
      "that the API server says it names",
      { cluster: showing(makePodObject({ annotations: new Map([["cni", "green"]]) })) },
      "green",
    ],
    ["that is the default", { config: { default_plugin: "red" } }, "red"],
    ["that is first, when nobody cares", {}, "blue"],
    ["that the modules prefer", { config: { genie: { selection } }, says: scores(0, 1, 0.5) }, "green"],
    [
      "that the pod names, over all others",
      { config: { args: { cni: "red" }, genie: { selection } } },
      "red",
    ],
  ])("%s is attached, and the decision recorded", async (_, what, network) => {
    await node.plugin(network, succeeding);
    expect(await run(what)).toMatchObject({ ips: [{ address: "10.0.0.5/24" }] });
    expect(await node.takeVerbs()).toEqual([`ADD ${network}`]);
    expect(await kept()).toMatchObject([{ network, ifName: "eth0", state: "attached" }]);
    expect(decisions).toMatchObject([
      {
        containerId: "c1",
        pod: { namespace: "shop", name: "web", uid: "u1" },
        decision: { ranking: expect.arrayContaining([expect.objectContaining({ network })]) },
      },
    ]);
  });
});

test.each<[string, Record<string, unknown>, readonly string[], readonly object[]]>([
  ["the API server's", {}, ["findPod shop/web"], [{ key: "app", value: "shown" }]],
  [
    "those that were handed over",
    { args: { cni: { cni: "", labels: [{ key: "app", value: "handed" }] } } },
    [],
    [{ key: "app", value: "handed" }],
  ],
  [
    "the API server's where only annotations were",
    any,
    ["findPod shop/web"],
    [{ key: "app", value: "shown" }],
  ],
])("modules see of the pod's labels %s", async (...[, more, asked, labels]) => {
  const shown = { labels: new Map([["app", "shown"]]), annotations: new Map([["cni", ""]]) };
  const cluster = showing(makePodObject(shown));
  const scorers = selection.scorers.map((one) => ({ ...one, labels: ["app"] }));
  await node.plugin("green", succeeding);
  await run({ cluster, says: scores(0, 1, 0.5), config: { ...more, genie: { selection: { scorers } } } });
  expect(requests.map(({ workload }) => workload.labels)).toEqual([labels]);
  expect(cluster.takeCalls()).toEqual(asked);
});

describe("when a network can't be attached", () => {
  test("the next in the ranking is, after the whole chain of the first was undone", async () => {
    await node.plugin("blue", failing("no address"));
    await node.plugin("green", succeeding);
    await run({ config: any });
    expect(await node.takeVerbs()).toEqual(["ADD blue", "DEL blue", "ADD green"]);
    expect(await kept()).toMatchObject([{ network: "green" }]);
  });

  test("and none can, the first one's own error is the answer and nothing is left", async () => {
    for (const name of networks) await node.plugin(name, failing(name));
    await expect(run({ config: any })).rejects.toMatchObject({
      plugin: "blue",
      wire: { code: 11, msg: "blue" },
    });
    expect(await node.takeVerbs()).toHaveLength(6);
    expect(await kept()).toEqual([]);
    expect(decisions).toHaveLength(1);
  });

  test("no other is tried if the admin doesn't want it", async () => {
    await node.plugin("blue", failing("no address"));
    await expect(
      run({ config: { ...any, genie: { selection: { tryNextOnFailure: false } } } }),
    ).rejects.toMatchObject({ wire: { msg: "no address" } });
    expect(await node.takeVerbs()).toEqual(["ADD blue", "DEL blue"]);
  });

  test("no other is tried for a pod that named it", async () => {
    await node.plugin("blue", failing("none"));
    await expect(run({ config: { args: { cni: "blue" } } })).rejects.toThrow("none");
    expect(await node.takeVerbs()).toEqual(["ADD blue", "DEL blue"]);
  });

  test("no other is tried once we are told to stop", async () => {
    const stop = new AbortController();
    await node.plugin("blue", `[ $CNI_COMMAND = DEL ] || { touch '${node.dir}/begun'; sleep 60; }`);
    await node.plugin("green", succeeding);
    const adding = run({ config: any, signal: stop.signal });
    await expect.poll(() => node.has("begun"), { timeout: 20_000 }).toBe(true);
    stop.abort();
    await expect(adding).rejects.toThrow("ADD of plugin blue was ended by SIGTERM");
    expect(await node.takeVerbs()).toEqual(["ADD blue", "DEL blue"]);
  });
});

describe("nothing is run, and nothing left", () => {
  const rejected = { outcome: "ok", value: ["x", "y", "z"].map((val) => ({ tag: "reject", val })) } as const;
  const trap = { outcome: "trap", detail: "unreachable" } as const;
  const config = { genie: { selection } };
  test.each<[string, Case, string]>([
    ["for an unknown network", { config: { args: { cni: "pink" } } }, "unknownNetwork"],
    ["for an unknown network in a list", { config: { args: { cni: "blue,pink" } } }, "unknownNetwork"],
    ["for a name that is none", { config: { args: { cni: "blue@e/1" } } }, "invalidConfig"],
    ["when the API server doesn't know the pod", { cluster: showing() }, "tryAgainLater"],
    [
      "when the API server has another pod of that name",
      { cluster: showing(makePodObject({ uid: "u2" })) },
      "tryAgainLater",
    ],
    ["on a node without networks", { hasNetworks: false }, "tryAgainLater"],
    ["when all are rejected", { config, says: rejected }, "noCandidate"],
    ["when a module fails that must not", { config, says: trap }, "moduleFailed"],
  ])("%s", async (_, what, kind) => {
    for (const name of networks) await node.plugin(name, succeeding);
    await expect(run(what)).rejects.toMatchObject({ kind });
    expect(await node.takeVerbs()).toEqual([]);
    expect(await kept()).toEqual([]);
    expect(decisions).toHaveLength(what.says === undefined ? 0 : 1);
    expect(await readdir(node.dir)).not.toContain("ledger");
  });
});

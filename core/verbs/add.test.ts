import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { processExec } from "../../cni/process-exec.ts";
import { openPluginFolder, type PluginFolder } from "../../test/plugins/scripted.ts";
import { hollowModules } from "../../test/fakes/hollow-modules.ts";
import { parseConfig } from "../config.ts";
import type { AddPorts, DecisionEntry, Ledger } from "../ports.ts";
import type { ModuleResult } from "../select/outcome.ts";
import type { Invocation } from "../spec/environment.ts";
import { add } from "./add.ts";
import { del } from "./del.ts";

let folder: PluginFolder;
let ledger: Ledger;
let decisions: DecisionEntry[];
beforeEach(async () => {
  folder = await openPluginFolder();
  ledger = openLedger(folder.dir, log);
  decisions = [];
});
afterEach(() => folder[Symbol.asyncDispose]());

const log = { warn: () => {} };
const selection = { scorers: [{ module: `r/a@sha256:${"a".repeat(64)}`, onFailure: "fail" }] };

interface Case {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly invocation?: Partial<Invocation>;
  /** What the one scorer says. */
  readonly says?: ModuleResult<unknown>;
  readonly files?: Readonly<Record<string, object>>;
  readonly signal?: AbortSignal;
}

/** By default the node has blue, green and red, each of one plugin of that name. */
const node = Object.fromEntries(
  ["blue", "green", "red"].map((name, at) => [
    `${at}0-${name}.conf`,
    { cniVersion: "1.0.0", name, type: name },
  ]),
);

function run({ config = {}, says, files = node, ...more }: Case = {}) {
  const signal = more.signal ?? new AbortController().signal;
  const said = says ?? { outcome: "error", detail: "nothing is scripted" };
  const ports: AddPorts = {
    exec: processExec,
    ledger,
    log,
    signal,
    confFiles: async () =>
      Object.entries(files).map(([name, file]) => ({ name, text: JSON.stringify(file) })),
    samples: async () => [],
    modules: hollowModules,
    openSandbox: () => ({
      load: async () => ({ outcome: "ok", value: undefined }),
      score: async () => said,
      select: async () => said,
      [Symbol.asyncDispose]: async () => {},
    }),
    recordDecision: async (entry) => void decisions.push(entry),
    seed: async () => 1n,
    nodeName: "n1",
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
  };
  const invocation: Invocation = {
    verb: "ADD",
    containerId: "c1",
    netns: "/run/netns/a",
    ifName: "eth0",
    args: "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1",
    path: folder.path,
    ...more.invocation,
  };
  const own = { cniVersion: "1.0.0", name: "genie", type: "genie", ...config };
  return add({ invocation, config: parseConfig(JSON.stringify(own)) }, ports);
}

const address = '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}';
const succeeding = `echo '${address}'`;
const failing = (msg: string) =>
  `if [ $CNI_COMMAND = ADD ]; then echo '{"code":11,"msg":"${msg}"}'; exit 1; fi`;
const verbs = async () => (await folder.takeCalls()).map(({ verb, plugin }) => `${verb} ${plugin}`);
const scores = (...values: number[]) => ({
  outcome: "ok" as const,
  value: values.map((val) => ({ tag: "score", val })),
});
const any = { args: { cni: "" } };

describe("the network", () => {
  test.each<[string, Case, string]>([
    ["that the pod names", { config: { args: { cni: "green" } } }, "green"],
    ["that is the default", { config: { default_plugin: "red" } }, "red"],
    ["that is first, when nobody cares", {}, "blue"],
    ["that the modules prefer", { config: { genie: { selection } }, says: scores(0, 1, 0.5) }, "green"],
    [
      "that the pod names, over all others",
      { config: { args: { cni: "red" }, genie: { selection } } },
      "red",
    ],
  ])("%s is attached, and the decision recorded", async (_, what, network) => {
    await folder.plugin(network, succeeding);
    expect(await run(what)).toMatchObject({ cniVersion: "1.0.0", ips: [{ address: "10.0.0.5/24" }] });
    expect(await verbs()).toEqual([`ADD ${network}`]);
    expect(await ledger.read("c1")).toMatchObject([{ network, ifName: "eth0", state: "attached" }]);
    expect(decisions).toMatchObject([
      {
        containerId: "c1",
        pod: { namespace: "shop", name: "web", uid: "u1" },
        decision: { ranking: expect.arrayContaining([expect.objectContaining({ network })]) },
      },
    ]);
  });
});

test("the answer is in the caller's version, whatever the delegate speaks", async () => {
  await folder.plugin("old", `echo '{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.5/24"},"dns":{}}'`);
  const files = { "10-old.conf": { cniVersion: "0.2.0", name: "old", type: "old" } };
  expect(await run({ files, config: { cniVersion: "0.4.0" } })).toEqual({
    cniVersion: "0.4.0",
    interfaces: [],
    ips: [{ version: "4", address: "10.0.0.5/24" }],
    routes: [],
    dns: {},
  });
  expect((await folder.takeCalls())[0]?.stdin["cniVersion"]).toBe("0.2.0");
});

test("DEL undoes ADD, with nothing but the ledger", async () => {
  await folder.plugin("blue", succeeding);
  await run();
  const signal = new AbortController().signal;
  const invocation = {
    verb: "DEL",
    containerId: "c1",
    netns: "",
    ifName: "eth0",
    args: "",
    path: folder.path,
  } as const;
  await del(invocation, { exec: processExec, ledger, log, signal });
  expect((await folder.takeCalls()).map(({ verb, stdin }) => [verb, stdin["prevResult"]])).toEqual([
    ["ADD", undefined],
    ["DEL", JSON.parse(address)],
  ]);
  expect(await readdir(`${folder.dir}/ledger`)).toEqual([]);
});

describe("when a network can't be attached", () => {
  test("the next in the ranking is, after the whole chain of the first was undone", async () => {
    await folder.plugin("blue", failing("no address"));
    await folder.plugin("green", succeeding);
    await run({ config: any });
    expect(await verbs()).toEqual(["ADD blue", "DEL blue", "ADD green"]);
    expect(await ledger.read("c1")).toMatchObject([{ network: "green" }]);
  });

  test("and none can, the first one's own error is the answer and nothing is left", async () => {
    for (const name of ["blue", "green", "red"]) await folder.plugin(name, failing(name));
    await expect(run({ config: any })).rejects.toMatchObject({
      plugin: "blue",
      wire: { code: 11, msg: "blue" },
    });
    expect(await verbs()).toHaveLength(6);
    expect(await ledger.read("c1")).toEqual([]);
    expect(decisions).toHaveLength(1);
  });

  test("no other is tried if the admin doesn't want it", async () => {
    await folder.plugin("blue", failing("no address"));
    await expect(
      run({ config: { ...any, genie: { selection: { tryNextOnFailure: false } } } }),
    ).rejects.toMatchObject({ wire: { msg: "no address" } });
    expect(await verbs()).toEqual(["ADD blue", "DEL blue"]);
  });

  test("no other is tried for a pod that named it", async () => {
    await folder.plugin("blue", failing("none"));
    await expect(run({ config: { args: { cni: "blue" } } })).rejects.toThrow("none");
    expect(await verbs()).toEqual(["ADD blue", "DEL blue"]);
  });

  test("no other is tried once we are told to stop", async () => {
    const stop = new AbortController();
    await folder.plugin("blue", `[ $CNI_COMMAND = DEL ] || { touch '${folder.dir}/begun'; sleep 60; }`);
    await folder.plugin("green", succeeding);
    const adding = run({ config: any, signal: stop.signal });
    await expect.poll(() => folder.has("begun"), { timeout: 20_000 }).toBe(true);
    stop.abort();
    await expect(adding).rejects.toThrow("ADD of plugin blue was ended by SIGTERM");
    expect(await verbs()).toEqual(["ADD blue", "DEL blue"]);
  });
});

describe("nothing is run, and nothing left", () => {
  const rejected = { outcome: "ok", value: ["x", "y", "z"].map((val) => ({ tag: "reject", val })) } as const;
  const trap = { outcome: "trap", detail: "unreachable" } as const;
  const config = { genie: { selection } };
  test.each<[string, Case, string]>([
    ["for an unknown network", { config: { args: { cni: "pink" } } }, "unknownNetwork"],
    ["for a form that is not served", { config: { args: { cni: "blue,red" } } }, "invalidConfig"],
    ["when nobody handed over the annotations", { config: { kubernetes: {} } }, "tryAgainLater"],
    ["on a node without networks", { files: {} }, "tryAgainLater"],
    ["when all are rejected", { config, says: rejected }, "noCandidate"],
    ["when a module fails that must not", { config, says: trap }, "moduleFailed"],
  ])("%s", async (_, what, kind) => {
    for (const name of ["blue", "green", "red"]) await folder.plugin(name, succeeding);
    await expect(run(what)).rejects.toMatchObject({ kind });
    expect(await verbs()).toEqual([]);
    expect(await ledger.read("c1")).toEqual([]);
    expect(decisions).toHaveLength(what.says === undefined ? 0 : 1);
    expect(await readdir(folder.dir)).not.toContain("ledger");
  });
});

describe("a second ADD", () => {
  beforeEach(() => folder.plugin("blue", succeeding));

  test("of the same interface is refused, and spoils nothing", async () => {
    await run();
    const before = await ledger.read("c1");
    await expect(run()).rejects.toMatchObject({
      kind: "alreadyAttached",
      message: expect.stringContaining("blue"),
    });
    expect(await ledger.read("c1")).toEqual(before);
    expect(await verbs()).toEqual(["ADD blue"]);
  });

  test("of another interface is welcome", async () => {
    await run();
    await run({ invocation: { ifName: "eth1" } });
    expect((await ledger.read("c1")).map(({ ifName }) => ifName)).toEqual(["eth0", "eth1"]);
  });

  test("after a crash is welcome, and the planned undo is kept for DEL", async () => {
    await run();
    const planned = (await ledger.read("c1")).map((one) => ({ ...one, state: "planned" as const }));
    await ledger.write("c1", planned);
    await run();
    expect((await ledger.read("c1")).map(({ state }) => state)).toEqual(["planned", "attached"]);
  });

  test("at the same time waits, and is then refused", async () => {
    const outcomes = await Promise.allSettled([run(), run(), run()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(await verbs()).toEqual(["ADD blue"]);
  });
});

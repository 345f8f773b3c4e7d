import { describe, expect, test } from "vitest";
import { makeHealth } from "../../test/fakes/health.ts";
import { hollowModules } from "../../test/fakes/hollow-modules.ts";
import { parseConfig } from "../config.ts";
import type { NodeTarget } from "../intent/intent.ts";
import type { Sample } from "../kpi/names.ts";
import { listNetworks } from "../networks/candidates.ts";
import type { Health } from "../ports.ts";
import type { Sandbox } from "../sandbox/port.ts";
import { choose } from "./choose.ts";
import type { SelectionRequest } from "./request.ts";

const pod = { namespace: "shop", name: "web", uid: "u1" };
const digest = `sha256:${"a".repeat(64)}`;
const withScorer = { selection: { scorers: [{ module: `r/a@${digest}`, onFailure: "fail" }] } };

interface Case {
  readonly target: NodeTarget;
  readonly files?: Readonly<Record<string, string>>;
  readonly config?: object;
  readonly pod?: typeof pod;
  readonly samples?: readonly Sample[];
  readonly fails?: boolean;
  readonly health?: Health;
}

const conf = (name: string, type = "bridge") => JSON.stringify({ name, type });
const node = { "10-blue.conf": conf("net-blue"), "20-red.conf": conf("net-red", "macvlan") };

/** Chooses with a scripted guest; `opened` and `closed` count guests, `seeds` are the keys that were asked for. */
async function run({ target, files = node, config: more = {}, samples = [], ...rest }: Case) {
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more }));
  const seen = {
    opened: 0,
    closed: 0,
    warnings: [] as string[],
    seeds: [] as string[],
    requests: [] as SelectionRequest[],
  };
  const sandbox: Sandbox = {
    load: async () => ({ outcome: "ok", value: undefined }),
    score: async (_, request) => {
      seen.requests.push(request);
      if (rest.fails === true) return { outcome: "trap", detail: "unreachable" };
      return { outcome: "ok", value: request.candidates.map((_, at) => ({ tag: "score", val: at / 10 })) };
    },
    select: async () => ({ outcome: "error", detail: "" }),
    [Symbol.asyncDispose]: async () => void seen.closed++,
  };
  const inFolder = Object.entries(files).map(([name, text]) => ({ name, text }));
  const networks = listNetworks({ files: inFolder, pluginFilesByNetwork: new Map() }, config);
  const who = { pod: rest.pod ?? pod, labels: new Map(), annotations: new Map(), containerId: "c1" };
  const choice = choose(
    { ...who, from: "test", target, networks, config },
    {
      log: {
        warn: ({ outcome, others }, words) =>
          void seen.warnings.push(isNaming([outcome, others]) ? String(others ?? outcome) : words),
      },
      samples: async () => samples,
      modules: hollowModules,
      health: rest.health ?? makeHealth(),
      openSandbox: () => {
        seen.opened++;
        return sandbox;
      },
      seed: async (key) => {
        seen.seeds.push(key);
        return 7n;
      },
      nodeName: "n1",
      clock: { monotonicMs: () => 5, wallMs: () => 2_000 },
    },
  );
  return { choice, seen };
}

const isNaming = (fields: readonly unknown[]) => fields.some((field) => field !== undefined);

const any: NodeTarget = { wants: "any", count: 1 };

describe("who decides", () => {
  test.each<{ who: string; what: Case; decidedBy: string; order: string[] }>([
    {
      who: "the pod",
      what: { target: { wants: "named", network: "red" } },
      decidedBy: "explicit",
      order: ["net-red"],
    },
    {
      who: "the admin",
      what: { target: { wants: "default", network: "red" } },
      decidedBy: "default",
      order: ["net-red"],
    },
    { who: "nobody", what: { target: { wants: "first" } }, decidedBy: "default", order: ["net-blue"] },
    { who: "the fallback", what: { target: any }, decidedBy: "fallback", order: ["net-blue", "net-red"] },
    {
      who: "the modules",
      what: { target: any, config: { genie: withScorer } },
      decidedBy: "scores",
      order: ["net-red", "net-blue"],
    },
  ])("$who", async ({ what, decidedBy, order }) => {
    const { choice, seen } = await run(what);
    const { decidedBy: by, ranking, ms } = await choice;
    expect(by).toBe(decidedBy);
    expect(ranking.map(({ network }) => network)).toEqual(order);
    expect(ms).toBe(0);
    expect(seen.opened).toBe(decidedBy === "scores" ? 1 : 0);
    expect(seen.closed).toBe(seen.opened);
  });
});

test.each(["named", "default"] as const)(
  "of several networks that a %s wish fits, the first",
  async (wants) => {
    const files = { ...node, "30-red.conflist": conf("other-red") };
    const { choice, seen } = await run({ target: { wants, network: "red" }, files });
    expect((await choice).ranking.map(({ network }) => network)).toEqual(["net-red"]);
    expect(seen.warnings).toEqual(["30-red.conflist"]);
    const { choice: clear, seen: quiet } = await run({ target: { wants, network: "blue" }, files });
    await clear;
    expect(quiet.warnings).toEqual([]);
  },
);

test("the fallback `default` knows the default network by whatever name it is called", async () => {
  const config = { default_plugin: " red ", genie: { selection: { fallback: "default" } } };
  const { choice } = await run({ target: any, config });
  expect((await choice).ranking).toEqual([
    { network: "net-red", reason: "default" },
    { network: "net-blue", reason: "first-fit" },
  ]);
});

test("what modules are shown: the pod, attributes, KPIs with their age", async () => {
  const networks = { "net-blue": { attributes: { tenant: "a" }, pricePerHour: 3 } };
  const samples: Sample[] = [{ network: "net-red", kpi: "occupancy", value: 0.5, takenAtMs: 1_500 }];
  const { choice, seen } = await run({
    target: any,
    config: { genie: { ...withScorer, networks } },
    samples,
  });
  await choice;
  expect(seen.requests).toEqual([
    {
      purpose: "attach",
      workload: {
        orchestrator: "kubernetes",
        namespace: "shop",
        name: "web",
        labels: [],
        annotations: [],
        node: "n1",
      },
      candidates: [
        {
          network: "net-blue",
          plugin: "bridge",
          attributes: [{ key: "tenant", value: "a" }],
          kpis: [{ name: "price-per-hour", value: 3, ageMs: 0 }],
          current: false,
        },
        {
          network: "net-red",
          plugin: "macvlan",
          attributes: [],
          kpis: [{ name: "occupancy", value: 0.5, ageMs: 500 }],
          current: false,
        },
      ],
      count: 1,
      settings: "{}",
      seed: 7n,
      extensions: [],
    },
  ]);
});

test("a network may be called like a property that every object has", async () => {
  const files = { "10-x.conf": conf("constructor"), "20-y.conf": conf("toString") };
  const { choice, seen } = await run({ target: any, files, config: { genie: withScorer } });
  await choice;
  expect(seen.requests[0]?.candidates.map(({ attributes }) => attributes)).toEqual([[], []]);
});

test.each([
  [pod, "u1"],
  [{ ...pod, uid: "" }, "c1"],
])("the seed of %j is that of %s", async (who, key) => {
  const { choice, seen } = await run({ target: any, pod: who });
  await choice;
  expect(seen.seeds).toEqual([key]);
});

test.each([
  ["shop", { refusal: "moduleMustNotFail" }],
  ["kube-system", { decidedBy: "fallback", ranking: [{ network: "net-blue" }, { network: "net-red" }] }],
])("a module that must not fail, in namespace %s", async (namespace, decision) => {
  const config = { genie: withScorer };
  const { choice, seen } = await run({ target: any, pod: { ...pod, namespace }, config, fails: true });
  expect(await choice).toMatchObject(decision);
  expect(seen.closed).toBe(1);
});

test("a name that the node doesn't have is refused, never replaced", async () => {
  for (const wants of ["named", "default"] as const) {
    const { choice } = await run({ target: { wants, network: "pink" } });
    await expect(choice).rejects.toMatchObject({ kind: "unknownNetwork" });
  }
});

test("a node without a usable network is tried again, with the reason for each file", async () => {
  for (const target of [any, { wants: "first" } as const]) {
    const { choice } = await run({ target, files: { "10-torn.conf": "{" } });
    await expect(choice).rejects.toMatchObject({
      kind: "tryAgainLater",
      message: expect.stringContaining("/etc/cni/net.d"),
      details: "10-torn.conf: not a JSON object",
    });
  }
});

test("a module that keeps failing is left alone, for its namespace and said once", async () => {
  const health = makeHealth();
  const scorers = [{ module: `r/a@${digest}` }];
  const ask = async (namespace: string) => {
    const config = { genie: { selection: { scorers } } };
    const { choice, seen } = await run({
      target: any,
      config,
      fails: true,
      health,
      pod: { ...pod, namespace },
    });
    const { modules, decidedBy } = await choice;
    expect(decidedBy).toBe("fallback");
    return { notAsked: modules[0]?.notAsked, asked: seen.requests.length, warnings: seen.warnings };
  };
  const failed = { notAsked: undefined, asked: 1, warnings: ["trap"] };
  expect([await ask("shop"), await ask("shop")]).toEqual([failed, failed]);
  const opening = ["a module keeps failing and is left alone for a while", "trap"];
  expect(await ask("shop")).toEqual({ ...failed, warnings: opening });
  expect(await ask("shop")).toEqual({ notAsked: "circuit", asked: 0, warnings: [] });
  expect(await ask("mail")).toEqual(failed);
});

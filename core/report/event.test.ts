import { expect, test } from "vitest";
import { makeDecision, makeQuestion, makeRun, makeSelection } from "../../test/fakes/decision.ts";
import type { Decision } from "../select/decision.ts";
import { toEvent } from "./event.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

interface Case {
  /** KPIs by network, in the order of the candidates. */
  readonly networks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Names of modules. */
  readonly scorers?: readonly string[];
  readonly selector?: string;
  readonly count?: number;
  readonly decision?: Partial<Decision>;
}

const FULL = { blue: { occupancy: 0.12 }, red: { occupancy: 0.85 } };
const FIRST_FIT = ["blue", "red"].map((network) => ({ network, reason: "first-fit" }));
const BY_TRAFFIC = [
  { network: "blue", reason: "received 2 Mbit/s" },
  { network: "red", reason: "first-fit" },
];
const rankIdle = (...names: string[]) => names.map((network) => ({ network, reason: "received 0 Mbit/s" }));
const busy = (blue: number, red: number) => ({
  blue: { "received-mbps": blue },
  red: { "received-mbps": red },
});
const MANY = Array.from({ length: 20 }, (_, at) => `n${at}`);
const reject = (network: string, reason: string) => ({ network, by: DIGEST, reason });
const score = (blue: number, red: number) =>
  Object.entries({ blue, red }).map(([network, value]) => ({ network, score: value, reason: "" }));
const rank = (...names: string[]) => names.map((network) => ({ network, reason: "score 0.50" }));

function decide({ networks = FULL, scorers = [], selector, count = 1, decision }: Case) {
  const base = makeQuestion();
  const candidates = Object.entries(networks).map(([network, kpis]) => ({
    network,
    plugin: "bridge",
    attributes: [],
    kpis: Object.entries(kpis).map(([name, value]) => ({ name, value, ageMs: 0 })),
    current: false,
  }));
  const toModule = (name: string) => ({ module: `registry.example:5000/genie/${name}:1.0.0@${DIGEST}` });
  const selection = makeSelection({
    scorers: scorers.map(toModule),
    ...(selector !== undefined && { selector: toModule(selector) }),
  });
  const modules = scorers.map((_, at) => makeRun({ at }));
  const question = { ...base, selection, request: { ...base.request, candidates, count } };
  return makeDecision({ question, modules, ranking: rank(...Object.keys(networks)), ...decision });
}

const kpis = { occupancy: 0.2, "price-per-hour": 0.4, "latency-ms": 3, "capacity-mbps": 10_000 };
const worse = { occupancy: 0.4, "price-per-hour": 1.2, "latency-ms": 10, "capacity-mbps": 1000 };

test.each<[string, Case, string]>([
  ["one KPI", { scorers: ["occupancy"] }, "blue over red: occupancy 12 % against 85 %"],
  [
    "what the scorers measure by",
    { networks: { blue: kpis, red: worse }, scorers: ["latency", "price"] },
    "blue over red: price per hour 0.4 against 1.2, latency 3 ms against 10 ms",
  ],
  [
    "scores, where no scorer's name says what it measures by",
    { networks: { blue: kpis, red: worse }, scorers: ["best"], decision: { ranking: score(0.9, 0.25) } },
    "blue over red: score 0.90 against 0.25",
  ],
  [
    "scores that look the same",
    { scorers: ["best"], decision: { ranking: score(0.5042, 0.5) } },
    "blue over red: score 0.504 against 0.500",
  ],
  [
    "scores that are the same",
    { scorers: ["best"], decision: { ranking: score(0.5, 0.5) } },
    "blue over red: both have score 0.50, and it comes first",
  ],
  [
    "more is better",
    { networks: { blue: kpis, red: worse }, scorers: ["capacity"] },
    "blue over red: capacity 10000 Mbit/s against 1000 Mbit/s",
  ],
  [
    "three facts at most",
    { networks: { blue: kpis, red: worse }, scorers: ["occupancy", "price", "capacity", "latency"] },
    "blue over red: occupancy 20 % against 40 %, price per hour 0.4 against 1.2, capacity 10000 Mbit/s against 1000 Mbit/s",
  ],
  [
    "percents that look the same",
    { networks: { blue: { loss: 0.001 }, red: { loss: 0.004 } }, scorers: ["loss"] },
    "blue over red: loss 0.1 % against 0.4 %",
  ],
  [
    "scores, where what is measured says the opposite",
    {
      networks: { red: FULL.red, blue: FULL.blue },
      scorers: ["occupancy"],
      decision: {
        ranking: [
          { network: "red", score: 0.9, reason: "score 0.90" },
          { network: "blue", score: 0.25, reason: "score 0.25" },
        ],
      },
    },
    "red over blue: score 0.90 against 0.25",
  ],
  [
    "a KPI that only one has",
    { networks: { blue: { occupancy: 0.1 }, red: {} }, scorers: ["occupancy"] },
    "blue over red: score 0.50",
  ],
  [
    "more rivals",
    { networks: { ...FULL, green: {}, grey: {} }, scorers: ["occupancy"] },
    "blue over red and 2 more: occupancy 12 % against 85 %",
  ],
  [
    "several winners",
    { networks: { blue: kpis, green: kpis, red: worse }, count: 2, scorers: ["occupancy"] },
    "blue and green over red: occupancy 20 % against 40 %",
  ],
  [
    "a selector's words",
    {
      selector: "cheapest",
      decision: {
        decidedBy: "selector",
        ranking: [{ network: "blue", reason: "price 0.4, within the limits" }],
      },
    },
    "blue over red: price 0.4, within the limits",
  ],
  [
    "a selector's words and what scorers measure by",
    {
      scorers: ["occupancy"],
      selector: "highest",
      decision: { decidedBy: "selector", ranking: [{ network: "blue", reason: "the best score" }] },
    },
    "blue over red: the best score, occupancy 12 % against 85 %",
  ],
  [
    "a rejection",
    { decision: { ranking: rank("blue"), rejected: [reject("red", "85 % full")] } },
    "blue, because red was rejected (85 % full)",
  ],
  [
    "rejections, one without words",
    {
      networks: { ...FULL, green: {} },
      decision: { ranking: rank("blue"), rejected: [reject("red", "full"), reject("green", "")] },
    },
    "blue, because red was rejected (full) and green was rejected",
  ],
  [
    "a selector without words",
    { selector: "own", decision: { decidedBy: "selector", ranking: score(0.1, 0.9) } },
    "blue over red",
  ],
  ["nothing else", { networks: { blue: {} } }, "blue, the only network"],
  ["nothing but these two", { count: 2 }, "blue and red, the only networks"],
  [
    "more than two",
    {
      networks: { ...FULL, green: {}, grey: {} },
      count: 3,
      decision: { ranking: rank("blue", "red", "green") },
    },
    "blue, red and green over grey: score 0.50",
  ],
  [
    "very many",
    { networks: Object.fromEntries(MANY.map((name) => [name, {}])), count: 20 },
    `${MANY.slice(0, 16).join(", ")} and 4 more, the only networks`,
  ],
  [
    "no module, where cAdvisor measures",
    { networks: busy(2, 700), decision: { decidedBy: "traffic", ranking: BY_TRAFFIC } },
    "blue over red: received 2 Mbit/s against 700 Mbit/s",
  ],
  [
    "the same traffic",
    { networks: busy(0, 0), decision: { decidedBy: "traffic", ranking: rankIdle("blue", "red") } },
    "blue over red: both received 0 Mbit/s, and it comes first",
  ],
  [
    "traffic that only one has measured",
    {
      networks: { blue: { "received-mbps": 2 }, red: {} },
      decision: { decidedBy: "traffic", ranking: BY_TRAFFIC },
    },
    "blue over red: received 2 Mbit/s",
  ],
  ["no module", { decision: { decidedBy: "fallback", ranking: FIRST_FIT } }, "blue over red: first-fit"],
])("%s", (_, what, text) => {
  const message = `Genie chose ${text}`;
  expect(toEvent(decide(what))).toEqual({ type: "Normal", reason: "NetworkChosen", message });
});

test("a fallback is a warning that names the module", () => {
  const modules = [
    makeRun({ at: 0, mode: "canary", outcome: "trap" }),
    makeRun({ at: 1, outcome: "timeout", detail: "50 ms are over" }),
    makeRun({ at: 0, mode: "shadow", outcome: "trap" }),
  ];
  const decision = { decidedBy: "fallback", modules, ranking: FIRST_FIT } as const;
  expect(toEvent(decide({ scorers: ["occupancy", "price"], decision }))).toEqual({
    type: "Warning",
    reason: "NetworkFallback",
    message: "The module price failed (timeout: 50 ms are over), so genie chose blue over red: first-fit",
  });
});

test("also where there was nothing to choose, or a module says nothing", () => {
  const said = (networks: Case["networks"], more: Partial<Decision> = {}) => {
    const modules = [makeRun({ at: 0, outcome: "trap" })];
    const decision = { decidedBy: "fallback", modules, ranking: rank("blue"), ...more } as const;
    return toEvent(decide({ scorers: ["price"], decision, ...(networks !== undefined && { networks }) }))
      ?.message;
  };
  expect(said({ blue: {} })).toBe("The module price failed (trap), so genie chose blue, the only network");
  expect(said(undefined, { rejected: [reject("red", "full")] })).toBe(
    "The module price failed (trap), so genie chose blue, because red was rejected (full)",
  );
});

test.each<[string, Partial<Decision>]>([
  ["the pod named its network", { decidedBy: "explicit" }],
  ["it has the default", { decidedBy: "default" }],
  ["nothing could be chosen", { ranking: [], refusal: "everyCandidateRejected" }],
])("there is nothing to tell where %s", (_, decision) => {
  expect(toEvent(decide({ decision }))).toBeUndefined();
});

test("a message is one line, no longer than Kubernetes keeps", () => {
  const ranking = [{ network: "blue\u001b[31m\n\u202e", reason: "x".repeat(5000) }];
  const event = toEvent(decide({ decision: { decidedBy: "selector", ranking } }));
  expect(event?.message).toHaveLength(1024);
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  expect(event?.message).not.toMatch(/[\u001b\n\u202e]/);
});

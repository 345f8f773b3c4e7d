import { describe, expect, test } from "vitest";
import {
  choices,
  decideScripted,
  digestOf,
  module,
  ok,
  reject,
  scores,
} from "../../test/fakes/scripted-decision.ts";
import { formatRecord } from "../../core/select/record-line.ts";
import { type DecisionRecord, readRecord } from "../../core/select/record.ts";
import { parseGoldenCases } from "../author/golden/case.ts";
import { toExpected, toRequest, toVerdicts } from "../../core/golden/question.ts";
import { nameCases, toGoldenCases } from "./golden.ts";
import { openRedaction } from "./redaction.ts";

type Script = Parameters<typeof decideScripted>[0];

/** The record of a scripted decision, and what the modules were asked in it. */
async function record(
  script: Script,
): Promise<{ record: DecisionRecord; calls: Awaited<ReturnType<typeof decideScripted>>["calls"] }> {
  const { decision, calls } = await decideScripted(script);
  const who = { id: "1", time: "2026-01-01T00:00:00.000Z", containerId: "c1", interfaces: ["eth0"] };
  const read = readRecord(
    formatRecord({ ...who, pod: { namespace: "shop", name: "web", uid: "u" } }, decision),
  );
  if (typeof read === "string") throw new Error(read);
  return { record: read, calls };
}

const scoresOf = (...values: number[]) => values.map((val) => ({ tag: "score", val }));
const choicesOf = (...indexes: number[]) =>
  indexes.map((candidate) => ({ candidate, reason: `took ${candidate}` }));
const ofModule = (name: string) => (run: { digest: string }) => run.digest === digestOf(name);
const half = ok([reject("full"), { tag: "score", val: 0.1 }, { tag: "score", val: 0.9 }]);
const three = { scorers: [module("a", { weight: 3 }), module("c")], selector: module("b") };
const says = { a: half, c: scores(1, 0), b: choices(1, 0) };

describe("a golden case", () => {
  test.each(["a", "c", "b"])(
    "of %s asks what the module was asked, and wants what it answered",
    async (name) => {
      const { record: read, calls } = await record({ selection: three, says });
      const cases = nameCases(toGoldenCases(read, ofModule(name)));
      const [golden, ...others] = parseGoldenCases("golden.json", JSON.stringify(cases));
      if (golden === undefined) throw new Error("there is none");
      expect(others).toEqual([]);
      const call = calls.find(({ letter }) => letter === name);
      const { workload: _, ...asked } = call?.request ?? expect.unreachable();
      expect(toRequest(golden)).toMatchObject({ ...asked, seed: 7n });
      expect(golden.verdicts && toVerdicts(golden)).toEqual(call?.verdicts);
      const said = says[name as keyof typeof says];
      expect(toExpected(golden)).toEqual(said.outcome === "ok" ? said.value : undefined);
    },
  );

  test("of an error wants the error", async () => {
    const { record: read } = await record({
      selection: { scorers: [module("a")] },
      says: { a: { outcome: "error", detail: "settings.x is missing" } },
    });
    expect(toGoldenCases(read, ofModule("a"))).toMatchObject([{ error: "settings.x is missing" }]);
  });

  test.each([
    ["a failure", { a: { outcome: "trap", detail: "" } as const }, "a"],
    ["another module", says, "e"],
  ])("isn't made of %s", async (_, told, name) => {
    const { record: read } = await record({ selection: three, says: told });
    expect(toGoldenCases(read, ofModule(name))).toEqual([]);
  });

  test("of a shadow holds the candidates that it saw", async () => {
    const scorers = [module("c", { mode: "shadow" }), module("a")];
    const { record: read } = await record({
      selection: { scorers, shadowDeadlineMs: 1_000 },
      says: { a: half, c: scores(1, 0, 0.5) },
    });
    const [golden] = toGoldenCases(read, ofModule("c"));
    expect(Object.keys(golden?.candidates ?? {})).toEqual(["blue", "green", "red"]);
  });

  test("holds the order of networks whose names are numbers, and what is said of one called constructor", async () => {
    const networks = ["20", "blue", "3", "constructor", "toString"];
    const { record: read } = await record({
      selection: { scorers: [module("a")], selector: module("b") },
      says: { a: ok([reject("no"), ...scoresOf(1, 1, 0.5, 0)]), b: choices(1, 0) },
      networks,
    });
    const cases = ["a", "b"].flatMap((name) => toGoldenCases(read, ofModule(name)));
    const [scored, selected] = parseGoldenCases("golden.json", JSON.stringify(nameCases(cases)));
    if (scored === undefined || selected === undefined) throw new Error("there is none");
    const request = toRequest(scored);
    expect(request.candidates.map(({ network }) => network)).toEqual(networks);
    expect(new Set(request.candidates.map(({ plugin }) => plugin))).toEqual(new Set(["bridge"]));
    expect(toExpected(scored)).toEqual([reject("no"), ...scoresOf(1, 1, 0.5, 0)]);
    expect(toRequest(selected).candidates.map(({ network }) => network)).toEqual(networks.slice(1));
    expect(toVerdicts(selected)).toEqual(scoresOf(1, 1, 0.5, 0));
    expect(toExpected(selected)).toEqual(choicesOf(1, 0));
    const { order: _, verdicts: __, ...bare } = selected;
    expect(toVerdicts({ ...bare, verdicts: {} })).toEqual(scoresOf(0, 0, 0, 0));
  });

  test("names nobody in the names of its settings either, nor in a reason that was cut off", async () => {
    const settings = { share: { shop: { "web-1": 0.5 } }, "10.1.2.3": 1 };
    const cut = `${"x".repeat(120)} of web-`;
    const { record: read } = await record({
      selection: { scorers: [module("a", { settings })] },
      says: { a: ok([reject(`${cut}1 and others`), reject("SHOP and Web-1"), reject("no")]) },
      workload: { namespace: "shop", name: "web-1" },
    });
    const [golden] = toGoldenCases(read, ofModule("a"));
    expect(golden).toMatchObject({
      settings: { share: { "ns-1": { "pod-1": 0.5 } }, "address-1": 1 },
      answer: { blue: `${"x".repeat(120)} of …`, green: "ns-1 and pod-1" },
    });
  });

  test("names no pod, namespace, node, granted value or address, and no other label at all", async () => {
    const labels = [
      { key: "team", value: "payments" },
      { key: "secret", value: "hush" },
    ];
    const workload = { orchestrator: "kubernetes", namespace: "shop", name: "web-1", node: "host-7", labels };
    const settings = { team: "payments", near: ["10.1.2.3", "fd00::1"] };
    const { record: read } = await record({
      selection: { scorers: [module("a", { labels: ["team"], settings })] },
      says: { a: ok([reject("web-1 of payments may not"), reject("not from 10.1.2.3."), reject("no")]) },
      declares: { a: { labels: ["team"], annotations: [] } },
      workload,
    });
    const [golden] = toGoldenCases(read, ofModule("a"));
    expect(golden).toMatchObject({
      workload: {
        namespace: "ns-1",
        name: "pod-1",
        node: "node-1",
        labels: { team: "value-1" },
        annotations: {},
      },
      settings: { team: "value-1", near: ["address-1", "address-2"] },
      answer: { blue: "pod-1 of value-1 may not", green: "not from address-1.", red: "no" },
    });
    expect(golden?.workload?.labels).toEqual({ team: "value-1" });
    expect(JSON.stringify(golden)).not.toMatch(/web-1|shop|host-7|payments|hush|10\.1\.2|fd00/);
  });

  test("keeps the names of networks, whoever else is called so", async () => {
    const { record: read } = await record({
      selection: { selector: module("b") },
      says: { b: ok([{ candidate: 1, reason: "green and shop" }]) },
      workload: { namespace: "green", name: "shop" },
    });
    expect(toGoldenCases(read, ofModule("b"))).toMatchObject([
      { workload: { namespace: "ns-1" }, answer: [["green", "green and pod-1"]] },
    ]);
  });

  test("that says the same as another, but for the seed, is merged with it", async () => {
    const records = [1n, 2n, 3n].map(async (seed) => {
      const namespace = `ns-of-${seed}`;
      const c = scores(seed === 3n ? 0.5 : 1, 0);
      return (await record({ selection: three, says: { ...says, c }, seed, workload: { namespace } })).record;
    });
    const all = (await Promise.all(records)).flatMap((one) => toGoldenCases(one, ofModule("c")));
    expect(nameCases(all).map(({ name }) => name)).toEqual(["recorded 1", "recorded 2"]);
  });
});

describe("a redaction", () => {
  test("replaces whole words only, the longest first, and the same by the same", () => {
    const { hide, clean } = openRedaction();
    expect([
      hide("web", "pod"),
      hide("web-2", "pod"),
      hide("a.c", "ns"),
      hide("web", "value"),
      hide("", "pod"),
    ]).toEqual(["pod-1", "pod-2", "ns-1", "pod-1", ""]);
    expect(clean("web web-2 website abc a.c")).toBe("pod-1 pod-2 website abc ns-1");
  });

  test.each([
    "10.0.0.1",
    "ip-10-0-0-1.internal",
    "10.0.0.1/24",
    "10.0.0.1:80",
    "(fd00::1)",
    "at ::1",
    "02:42:ac:11:00:02",
  ])("%s", (text) => {
    const cleaned = openRedaction().clean(text);
    expect(cleaned).toContain("address-1");
    expect(cleaned).not.toMatch(/10[.-]0|fd00|::1|42:/);
  });

  test("leaves of a text that was cut off no beginning of what it hides", () => {
    const { hide, cleanCut } = openRedaction(["web"]);
    hide("payments-production", "ns");
    hide("node-7", "node");
    expect(cleanCut("not for payments-pro")).toBe("not for …");
    expect(cleanCut("not for node-7")).toBe("not for node-1");
    expect(cleanCut("not from 10.1.2")).toBe("not from …");
    expect(cleanCut("a word that ends with pa")).toBe("a word that ends with pa");
    expect(cleanCut("repay")).toBe("repay");
  });

  test.each(["occupancy 93.5 %", "version 1.2.3", "a:b", "price 0.4, within the limits"])(
    "not %s",
    (text) => {
      expect(openRedaction().clean(text)).toBe(text);
    },
  );
});

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeDecision, makeQuestion, makeRun, makeSelection } from "../../test/fakes/decision.ts";
import { makeCandidate, makeRequest } from "../../test/fakes/request.ts";
import { digestOf } from "../../test/fakes/scripted-decision.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import type { Decision } from "../../core/select/decision.ts";
import { noteRuns } from "../../core/select/health/note.ts";
import { formatRecord } from "../../core/select/record-line.ts";
import { openHealth } from "../health-file.ts";

let desk: Desk;
let stateDir: string;
beforeEach(async () => {
  desk = await makeDesk();
  stateDir = path.join(desk.folder, "state");
  await mkdir(stateDir);
});
afterEach(() => desk[Symbol.asyncDispose]());

const occupancy = `r.example/genie/occupancy@${digestOf("a")}`;
const highest = `r.example/genie/highest@${digestOf("b")}`;
const price = `r.example/genie/price@${digestOf("c")}`;

/** A decision of a scorer and a selector, with a shadow beside them. */
function makeFull(): Decision {
  const kpi = (value: number, ageMs: number) => ({ name: "occupancy", value, ageMs });
  const candidates = [
    makeCandidate("blue", { kpis: [kpi(1, 3_000)] }),
    makeCandidate("green", { kpis: [kpi(0.123456, 0)] }),
    makeCandidate("red", { kpis: [] }),
  ];
  const { settings: _, ...request } = makeRequest({ candidates });
  const scorers = [{ module: occupancy }, { module: price, mode: "shadow" }];
  const selection = makeSelection({ scorers, selector: { module: highest } });
  return makeDecision({
    question: makeQuestion({ request, selection }),
    ranking: [
      { network: "green", score: 0.88, reason: "score 0.88" },
      { network: "red", score: 0, reason: "score 0" },
    ],
    rejected: [{ network: "blue", by: digestOf("a"), reason: "no free address" }],
    modules: [
      makeRun({ digest: digestOf("a"), answer: { blue: "no free address", green: 0.876544, red: 0 } }),
      makeRun({ at: 2, digest: digestOf("b"), kind: "selector", answer: [["green", "score 0.88"]] }),
      makeRun({
        at: 1,
        digest: digestOf("c"),
        mode: "shadow",
        answer: { blue: 0, green: 0, red: 1 },
        shadow: { differs: true, ranking: ["red", "green"] },
      }),
    ],
    decidedBy: "selector",
    ms: 0.6,
  });
}

const pod = { namespace: "shop", name: "web", uid: "u1" };
const line = (id: string, decision: Decision, who: object = {}) => {
  const time = "2026-01-01T00:00:00.000Z";
  return `${formatRecord({ id, time, containerId: `c${id}`, interfaces: ["eth0"], pod, ...who }, decision)}\n`;
};

async function fill(): Promise<void> {
  const nobody = { namespace: "", name: "", uid: "" };
  const named = makeDecision({
    ranking: [{ network: "blue", reason: "the pod asked for it" }],
    decidedBy: "explicit",
  });
  await writeFile(path.join(stateDir, "decisions.jsonl.1"), line("1", named, { pod: nobody }));
  await writeFile(
    path.join(stateDir, "decisions.jsonl"),
    `${line("2", named)}{"torn\n${line("3", makeFull())}`,
  );
}

describe("geniectl decisions", () => {
  const decisions = (...args: string[]) => desk.run("decisions", "--state-dir", stateDir, ...args);

  test("prints the records as they are, oldest first, those of the predecessor included", async () => {
    await fill();
    const { stdout, stderr, exitCode } = await decisions("--json");
    const texts = await Promise.all(
      ["decisions.jsonl.1", "decisions.jsonl"].map((name) => readFile(path.join(stateDir, name), "utf8")),
    );
    const records = texts
      .join("")
      .split("\n")
      .filter((text) => text.endsWith("}"));
    expect(stdout.split("\n").map((text): unknown => JSON.parse(text))).toEqual(
      records.map((text): unknown => JSON.parse(text)),
    );
    expect({ stderr, exitCode }).toEqual({
      exitCode: 0,
      stderr: `warning: ${stateDir}/decisions.jsonl:2 is no JSON object and is passed over`,
    });
  });

  test.each([
    [
      ["--pod", "shop/web"],
      ["2", "3"],
    ],
    [["--pod", "shop/other"], []],
    [["--container", "c1"], ["1"]],
    [["-n", "1"], ["3"]],
    [["--pod", "shop/web", "--container", "c2"], ["2"]],
  ])("%j", async (args, ids) => {
    await fill();
    const { stdout } = await decisions("--json", ...args);
    const found = stdout === "" ? [] : stdout.split("\n");
    expect(found.map((text) => (JSON.parse(text) as { id: string }).id)).toEqual(ids);
  });

  test("a person gets a table; a node without decisions says so", async () => {
    expect((await decisions()).stdout).toBe(`no decisions in ${stateDir}`);
    await fill();
    expect((await decisions()).stdout.split("\n")).toEqual([
      "TIME                      POD       NETWORK  DECIDED BY  MS   WHY",
      "2026-01-01T00:00:00.000Z  c1        blue     explicit    1.0  the pod asked for it",
      "2026-01-01T00:00:00.000Z  shop/web  blue     explicit    1.0  the pod asked for it",
      "2026-01-01T00:00:00.000Z  shop/web  green    selector    0.6  score 0.88",
    ]);
  });
});

describe("geniectl explain", () => {
  const explain = (...args: string[]) => desk.run("explain", "--state-dir", stateDir, ...args);

  test("tells candidates, KPIs with age, verdicts, who decided, in how long, and what a shadow would have done", async () => {
    await fill();
    const { stdout } = await explain("shop/web");
    expect(stdout.split("\n").map((text) => text.trimEnd())).toEqual([
      "pod shop/web, container c3, 2026-01-01T00:00:00.000Z, decision 3",
      "network green: score 0.88; decided by the selector highest in 0.6 ms",
      "",
      "RANK  NETWORK  SCORE  OCCUPANCY  PRICE  KPIS                   WHY",
      "1     green    0.88   0.877      0      occupancy=0.1235       score 0.88",
      "2     red      0.00   0          1                             score 0",
      "-     blue            rejected   0      occupancy=1 (3 s old)  rejected: no free address",
      "",
      expect.stringMatching(/^MODULE +KIND +MODE +OUTCOME +MS +DIGEST +DETAIL$/),
      expect.stringMatching(/^occupancy +scorer +enforce +ok +1\.0 +sha256:a{64}$/),
      expect.stringMatching(/^highest +selector +enforce +ok +1\.0 +sha256:b{64}$/),
      expect.stringMatching(/^price +scorer +shadow +ok +1\.0 +sha256:c{64}$/),
      "the shadow price would have given red instead",
    ]);
  });

  test("takes a container, a decision, a file or stdin as well", async () => {
    await fill();
    const file = path.join(stateDir, "decisions.jsonl");
    expect((await explain("c1")).stdout).toContain("decided by the pod, which names it, in ");
    expect((await explain("shop/web", "--id", "2")).stdout).toContain("container c2,");
    expect((await explain(file)).stdout).toContain("container c3,");
    expect(JSON.parse((await explain(file, "--id", "2", "--json")).stdout)).toMatchObject({ id: "2" });
    await mkdir(path.join(desk.folder, "shop/web"), { recursive: true });
    expect((await explain("shop/web", "--id", "2")).stdout).toContain("container c2,");
  });

  test("tells which module failed, and which wasn't asked", async () => {
    const detail = "not asked for namespace shop since noon until one: stopped";
    const decision = makeDecision({
      ...makeFull(),
      ranking: [{ network: "blue", reason: "first-fit" }],
      modules: [makeRun({ outcome: "timeout", notAsked: "circuit", detail })],
      decidedBy: "fallback",
    });
    await writeFile(path.join(stateDir, "decisions.jsonl"), line("1", decision));
    const { stdout } = await explain("shop/web");
    expect(stdout).toContain(`decided by the fallback in 0.6 ms; occupancy failed: timeout, ${detail}`);
    expect(stdout).toMatch(/^occupancy +scorer +enforce +timeout, not asked /m);
  });

  test("what was recorded can't steer the terminal", async () => {
    const ranking = [{ network: "\u001b[2Jblue", reason: "\u202e" }];
    await writeFile(path.join(stateDir, "decisions.jsonl"), line("1", { ...makeFull(), ranking }));
    const { stdout } = await explain("shop/web");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("a pod that nothing is known of is an error", async () => {
    await fill();
    const { exitCode, stderr } = await explain("shop/none");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: no decision for shop\/none is recorded: name it as namespace\/name/m);
  });
});

describe("geniectl modules", () => {
  const modules = (...args: string[]) => desk.run("modules", "--state-dir", stateDir, ...args);
  const note = async (name: string, mode: "enforce" | "canary") => {
    const configured = mode === "canary" ? { canary: 50 } : mode;
    const selection = makeSelection({ scorers: [{ module: `r/x@${digestOf(name)}`, mode: configured }] });
    const run = makeRun({ digest: digestOf(name), mode, outcome: "trap", detail: "why" });
    const round = { selection, namespace: "shop", nowMs: Date.now(), trials: [] };
    const health = openHealth(stateDir, { warn: () => undefined });
    for (let at = 0; at < 3; at++) await health.update((book) => noteRuns(book, [run], round).book);
  };

  test("shows calls, failures, open circuits and halted canaries, and forgets on demand", async () => {
    await note("a", "enforce");
    await note("b", "canary");
    const { stdout } = await modules("--json");
    expect(JSON.parse(stdout)).toMatchObject([
      {
        digest: digestOf("b"),
        mode: "canary",
        calls: 3,
        failures: 3,
        haltedSince: expect.stringMatching(/Z$/),
      },
      {
        digest: digestOf("a"),
        openFor: ["namespace shop"],
        haltedSince: null,
        lastFailure: { outcome: "trap" },
      },
    ]);
    const genie = { stateDir, selection: { scorers: [{ module: `r.example/team/x@${digestOf("a")}` }] } };
    const config = path.join(desk.folder, "named.conf");
    await writeFile(config, JSON.stringify({ type: "genie", genie }));
    const named = await desk.run("modules", "--config", config);
    expect(named.stdout).toMatch(/^sha256:a{64} +x +scorer /m);
    expect(named.stdout).toMatch(/^sha256:b{64} +scorer /m);
    expect((await modules()).stdout).toMatch(
      /^sha256:a{64} +scorer +enforce +3 +3 +0 +not asked for namespace shop +\S+ trap: why$/m,
    );
    expect(JSON.parse((await modules("--json", "--reset", digestOf("b"))).stdout)).toMatchObject([
      { digest: digestOf("a") },
    ]);
    expect((await modules("--reset")).stdout).toBe(`nothing is known of modules in ${stateDir}`);
  });

  test("a digest that isn't there is an error", async () => {
    expect(await modules("--reset", digestOf("z"))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("nothing is known of a module"),
    });
  });
});

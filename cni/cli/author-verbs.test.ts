/** `geniectl check`, `test`, `run` and `bench` on modules of genie's own and on what is none. */
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { readMetadata } from "../../core/metadata/metadata.ts";
import { compileModule } from "../../test/guests/corpus.ts";
import { CLONE_DIR, DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";

/** A machine that is busy must not make a test fail. */
const PATIENT = ["--deadline-ms", "10000"];

const QUESTION = { candidates: { blue: { occupancy: 1 }, green: { occupancy: 0.25 } } };

const missing = (): never => {
  throw new Error("no metadata");
};

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
  const at = (name: string) => path.join(desk.folder, name);
  await cp(path.join(DIST_DIR, "modules/occupancy.wasm"), at("occupancy.wasm"));
  await cp(path.join(CLONE_DIR, "selectors/occupancy/golden.json"), at("golden.json"));
  await writeFile(at("question.json"), JSON.stringify(QUESTION));
  await writeFile(at("loop.wasm"), await compileModule("loop-in-call", "scorer"));
  await writeFile(at("import.wasm"), await compileModule("import", "curious"));
});
afterAll(() => desk[Symbol.asyncDispose]());

describe("test", () => {
  test("passes on the cases beside a component", async () => {
    const { exitCode, lastLine } = await desk.run("test", "occupancy.wasm", ...PATIENT);
    expect(exitCode).toBe(0);
    expect(lastLine).toMatch(/^(\d+) of \1 cases passed$/);
  });

  test("tells by network what differs, and takes it with --update", async () => {
    const wrong = [{ name: "wrong", ...QUESTION, answer: { blue: 1, green: 0.75 } }];
    await writeFile(path.join(desk.folder, "wrong.json"), JSON.stringify(wrong));
    const words = ["test", "occupancy.wasm", "--cases", "wrong.json", ...PATIENT];

    const failed = await desk.run(...words);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout.split("\n")).toEqual([
      "✗ wrong",
      "          expected  got",
      "    blue  score 1   rejected: no free address: occupancy 100 %",
      "0 of 1 cases passed",
    ]);
    expect(failed.stderr).toBe(
      "error: 1 of 1 cases in wrong.json failed: mend the module, or write its answers into the file with --update",
    );
    const { stdout } = await desk.run(...words, "--json");
    expect(JSON.parse(stdout)).toEqual([
      {
        name: "wrong",
        state: "failed",
        differences: [
          { where: "blue", expected: "score 1", got: "rejected: no free address: occupancy 100 %" },
        ],
      },
    ]);

    expect(await desk.run(...words, "--update")).toMatchObject({
      exitCode: 0,
      lastLine: "0 of 1 cases passed, 1 updated",
    });
    expect(await desk.run(...words)).toMatchObject({ exitCode: 0, lastLine: "1 of 1 cases passed" });
  });

  test("a case without an answer fails until it has one", async () => {
    await writeFile(path.join(desk.folder, "open.json"), JSON.stringify([{ name: "open", ...QUESTION }]));
    const words = ["test", "occupancy.wasm", "--cases", "open.json", ...PATIENT];
    expect((await desk.run(...words)).exitCode).toBe(1);
    expect((await desk.run(...words, "--update")).exitCode).toBe(0);
    const [golden] = JSON.parse(await readFile(path.join(desk.folder, "open.json"), "utf8"));
    expect(golden.answer).toEqual({ blue: "no free address: occupancy 100 %", green: 0.75 });
  });

  test("a module that doesn't answer fails its case, and --update takes no timeout for an answer", async () => {
    await writeFile(path.join(desk.folder, "loop.json"), JSON.stringify([{ name: "loops", ...QUESTION }]));
    const words = ["test", "loop.wasm", "--cases", "loop.json", "--deadline-ms", "200", "--update"];
    const { exitCode, stdout } = await desk.run(...words);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ +outcome +nothing +timeout: stopped after \d+ ms$/m);
  });

  test.each([
    ["golden.js", "golden.js can't be read (ENOENT)"],
    ["question.json", "question.json is no list of golden cases"],
    ["occupancy.wasm", "occupancy.wasm is not JSON"],
    ["deep.json", "deep.json is nested more than 256 levels deep"],
  ])("cases in %s are refused with words", async (file, words) => {
    await writeFile(path.join(desk.folder, "deep.json"), "[".repeat(1e4) + "]".repeat(1e4));
    const { exitCode, stderr } = await desk.run("test", "occupancy.wasm", "--cases", file);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(words);
  });
});

describe("run", () => {
  test("shows an answer as a table, and as JSON", async () => {
    const { exitCode, stdout } = await desk.run("run", "occupancy.wasm", "question.json", ...PATIENT);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "NETWORK  SCORE     REASON",
      "blue     rejected  no free address: occupancy 100 %",
      "green    0.75",
    ]);
    const { stdout: json } = await desk.run("run", "occupancy.wasm", "question.json", "--json", ...PATIENT);
    expect(JSON.parse(json)).toEqual({ answer: { blue: "no free address: occupancy 100 %", green: 0.75 } });
  });

  test("takes a question from stdin, and warns of settings that the module's schema doesn't know", async () => {
    const asking = desk.start("run", "occupancy.wasm", "-", ...PATIENT);
    asking.stdin.end(JSON.stringify({ ...QUESTION, settings: { rejectsAt: 1 } }));
    const { exitCode, stderr } = await asking;
    expect(exitCode).toBe(1);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^warning: settings: unknown key "rejectsAt", did you mean "rejectAt"/),
      expect.stringMatching(/^error: occupancy\.wasm: error, unknown setting rejectsAt/),
    ]);
  });

  test("a question with a misspelt field is refused by its name", async () => {
    await writeFile(path.join(desk.folder, "odd.json"), '{ "candidates": {}, "setings": {} }');
    const { exitCode, stderr } = await desk.run("run", "occupancy.wasm", "odd.json");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: odd\.json is no question: unknown key "setings", did you mean "settings"\?: see .*$/,
    );
  });

  test("a module that fails ends with exit code 1 and its outcome", async () => {
    const { exitCode, stderr } = await desk.run("run", "loop.wasm", "question.json", "--deadline-ms", "200");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: loop\.wasm: timeout, stopped after \d+ ms: mend /);
  });
});

describe("check", () => {
  const check = async (...words: string[]) => {
    const { exitCode, stdout } = await desk.run("check", ...words, ...PATIENT, "--json");
    const findings = JSON.parse(stdout) as { check: string; state: string; detail: string; todo: string }[];
    return { exitCode, findings, states: findings.map((one) => `${one.check}: ${one.state}`) };
  };

  test("goes all the way with a component that fits", async () => {
    const { exitCode, states } = await check("occupancy.wasm");
    expect(exitCode).toBe(0);
    expect(states).toEqual(
      expect.arrayContaining(["component: ok", "world: ok", "preparing: ok", "loading: ok", "answering: ok"]),
    );
  });

  test("the answer's fault is told where all else fits", async () => {
    await writeFile(path.join(desk.folder, "nan.wasm"), await compileModule("nan", "scorer"));
    const { exitCode, findings } = await check("nan.wasm");
    expect(exitCode).toBe(1);
    expect(findings.at(-1)).toMatchObject({
      check: "answering",
      state: "problem",
      detail: expect.stringMatching(/^badAnswer: /),
    });
  });

  test.each([
    ["import.wasm", "component: problem", "take the import out"],
    ["golden.wasm", "component: problem", "give the .wasm file that the build wrote"],
    ["strange.wasm", "world: problem", "build it for world scorer or selector"],
  ])("%s: what is wrong and how it is mended", async (file, state, todo) => {
    await cp(path.join(desk.folder, "golden.json"), path.join(desk.folder, "golden.wasm"));
    await writeFile(path.join(desk.folder, "strange.wasm"), await compileModule("wrong-world", "other"));
    const { exitCode, findings, states } = await check(file);
    expect(exitCode).toBe(1);
    expect(states.at(-1)).toBe(state);
    expect(findings.at(-1)?.todo).toContain(todo);
  });

  test("a module of the other kind is told so", async () => {
    const { exitCode, findings } = await check("occupancy.wasm", "--kind", "selector");
    expect(exitCode).toBe(1);
    expect(findings.at(-1)).toMatchObject({
      detail: "it is a scorer, no selector",
      todo: "leave --kind away",
    });
  });

  test("a KPI that is almost one of genie's is told, and so is each setting that the schema refuses", async () => {
    const text = JSON.stringify({
      kpis: { required: ["latency", "queue"] },
      settings: {
        type: "object",
        properties: { zone: { type: "string" } },
        required: ["zone"],
        additionalProperties: false,
      },
    });
    const { metadata } = readMetadata(text);
    const component = await readFile(path.join(desk.folder, "occupancy.wasm"));
    await writeFile(path.join(desk.folder, "slip.wasm"), withMetadata(component, metadata ?? missing()));
    const { findings } = await check("slip.wasm", "--settings", '{ "zoen": "a" }');
    expect(findings.filter(({ state }) => state === "warning").map(({ detail }) => detail)).toEqual([
      "genie measures no latency: did you mean latency-ms?",
      'those of the question don\'t fit the schema: settings.zone: is missing; settings: unknown key "zoen", did you mean "zone"?',
      expect.stringContaining("unknown setting zoen"),
    ]);
  });

  test("settings that are no JSON object are wrong usage", async () => {
    expect((await desk.run("check", "occupancy.wasm", "--settings", "1")).exitCode).toBe(2);
  });
});

describe("bench", () => {
  test("tells latency by number of candidates, memory and size", async () => {
    const { exitCode, stdout } = await desk.run("bench", "occupancy.wasm", "--rounds", "5", "--json");
    expect(exitCode).toBe(0);
    const { latencies, kind, memoryMiB, sizeBytes } = JSON.parse(stdout);
    expect(kind).toBe("scorer");
    expect(latencies.map((one: { candidates: number }) => one.candidates)).toEqual([1, 10, 100, 1000]);
    for (const { p50Ms, p99Ms } of latencies) expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    expect(memoryMiB).toBeLessThanOrEqual(16);
    expect(sizeBytes).toBeLessThan(15_000);
  });

  test("a module that doesn't answer is no bench", async () => {
    await writeFile(path.join(desk.folder, "error.wasm"), await compileModule("error", "scorer"));
    const { exitCode, stderr } = await desk.run("bench", "error.wasm");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("it doesn't answer a made-up question: error");
  });
});

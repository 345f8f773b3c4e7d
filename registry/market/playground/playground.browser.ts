/** The playground in a real browser: it ranks as `geniectl run` does, and follows the visitor's hand. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILTIN_MODULES } from "../../../cni/author/builtin.ts";
import { buildModule } from "../../../cni/author/module.ts";
import { makeNodeLimits, openTrial, prepareTrial } from "../../../cni/author/trial.ts";
import { toGoldenOutcome } from "../../../core/golden/outcome.ts";
import { toRequest, toVerdicts } from "../../../core/golden/question.ts";
import {
  type PlaygroundServer,
  readBuiltin,
  startPlayground,
  toTried,
} from "../../../test/fakes/playground.ts";
import { openBrowser } from "../../../test/setup/browser.ts";
import { CLONE_DIR, DIST_DIR } from "../../../test/setup/build.ts";
import { makeDesk } from "../../../test/setup/geniectl.ts";
import type { TriedModule } from "./routes.ts";

const PATIENT_MS = 20_000;
const guest = path.join(DIST_DIR, "bin/genie-guest");
const transpiler = path.join(DIST_DIR, "bin/genie-transpiler");

const undo = new AsyncDisposableStack();
let builtins: readonly TriedModule[];
/** A JavaScript engine, of another shape than what is called without glue. */
let scripted: TriedModule;
let server: PlaygroundServer;
let browser: Browser;

beforeAll(async () => {
  builtins = await Promise.all(BUILTIN_MODULES.map(readBuiltin));
  const source = path.join(CLONE_DIR, "selectors/templates/scorer/typescript/module.ts");
  const golden = builtins.find(({ title }) => title.startsWith("occupancy"))?.cases ?? [];
  scripted = toTried("scripted", (await buildModule({ file: source })).component, golden);
  server = undo.use(await startPlayground([...builtins, scripted]));
  browser = await openBrowser();
  undo.defer(() => browser.close());
}, 120_000);
afterAll(() => undo.disposeAsync());

/** Shows a module's page once the module has answered. */
async function visit(module: TriedModule): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  await page.goto(server.urlOf(module));
  await answered(page);
  return page;
}

async function answered(page: Page): Promise<void> {
  await page.locator('#result[aria-busy="false"]').waitFor();
}

/** The answer that is shown, in the form that `geniectl run --json` prints. */
async function readAnswer(page: Page): Promise<unknown> {
  return JSON.parse((await page.locator("#answer").textContent()) ?? "");
}

async function choose(page: Page, name: string): Promise<void> {
  await page.locator("#preset").selectOption({ label: name });
  await answered(page);
}

const networks = (page: Page) => page.locator("#ranking li strong").allTextContents();

describe.each([...BUILTIN_MODULES, "scripted"])("%s", (name) => {
  const find = () => [...builtins, scripted].find(({ title }) => title === `${name} 1.0.0`) ?? scripted;

  test("answers every golden case as geniectl run has it", async () => {
    const tried = find();
    const prepared = await prepareTrial(tried, transpiler);
    if (prepared.outcome !== "ok") throw new Error(prepared.detail);
    const trial = await openTrial(prepared.value, { ...makeNodeLimits(), deadlineMs: PATIENT_MS, guest });
    if (trial.outcome !== "ok") throw new Error(trial.detail);
    await using _trial = trial.value;
    const page = await visit(tried);
    expect(tried.cases.length).toBeGreaterThan(3);
    for (const golden of tried.cases) {
      await choose(page, golden.name);
      const result = await trial.value.ask({ request: toRequest(golden), verdicts: toVerdicts(golden) });
      const outcome = toGoldenOutcome(result, golden);
      expect(await readAnswer(page), golden.name).toEqual(JSON.parse(JSON.stringify(outcome)));
      const shown = await networks(page);
      if (!("answer" in outcome)) expect(shown, golden.name).toEqual([]);
      else if (Array.isArray(outcome.answer)) {
        expect(shown.slice(0, outcome.answer.length)).toEqual(outcome.answer.map(([network]) => network));
      } else {
        const scores = Object.entries(outcome.answer).filter(([, verdict]) => typeof verdict === "number");
        const ranked = scores.toSorted(([, one], [, other]) => Number(other) - Number(one));
        expect(shown.slice(0, ranked.length)).toEqual(ranked.map(([network]) => network));
      }
      if (name !== "scripted") {
        expect(await page.locator("#wanted").textContent()).toBe("as its golden case says");
      }
    }
    await page.close();
  }, 120_000);
});

test("the question that is shown is what geniectl run answers alike", async () => {
  await using desk = await makeDesk();
  const [tried] = builtins;
  if (tried === undefined) throw new Error("no module");
  const page = await visit(tried);
  await page.locator("#candidates input[type=range]").first().fill("0.375");
  await answered(page);
  const folder = await mkdtemp(path.join(tmpdir(), "genie-playground-"));
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await writeFile(path.join(folder, "q.json"), (await page.locator("#question").textContent()) ?? "");
  await writeFile(path.join(folder, "m.wasm"), tried.component);
  const words = [path.join(folder, "m.wasm"), path.join(folder, "q.json"), "--deadline-ms", "10000"];
  const { stdout, exitCode } = await desk.run("run", ...words, "--json");
  expect(exitCode).toBe(0);
  expect(await readAnswer(page)).toEqual(JSON.parse(stdout));
  await page.close();
});

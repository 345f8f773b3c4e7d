/** What a visitor does with the playground, by hand, by keyboard, on a phone, or without seeing it. */
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PlaygroundServer, readBuiltin, startPlayground } from "../../../test/fakes/playground.ts";
import { openBrowser } from "../../../test/setup/browser.ts";
import type { TriedModule } from "./routes.ts";

const PATIENT_MS = 20_000;
const PHONE = { width: 360, height: 780 };
const DESKTOP = { width: 1280, height: 900 };

const undo = new AsyncDisposableStack();
let occupancy: TriedModule;
let highest: TriedModule;
let labels: TriedModule;
/** As if its author had written none. */
let bare: TriedModule;
let server: PlaygroundServer;
let browser: Browser;

beforeAll(async () => {
  occupancy = await readBuiltin("occupancy");
  highest = await readBuiltin("highest");
  labels = await readBuiltin("labels");
  bare = { ...(await readBuiltin("cheapest-within")), cases: [] };
  server = undo.use(await startPlayground([occupancy, highest, labels, bare]));
  browser = await openBrowser();
  undo.defer(() => browser.close());
}, 90_000);
afterAll(() => undo.disposeAsync());

async function visit(module: TriedModule, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server.urlOf(module));
  await answered(page);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

async function answered(page: Page): Promise<void> {
  await page.locator('#result[aria-busy="false"]').waitFor();
}

async function ranking(page: Page): Promise<readonly string[]> {
  await answered(page);
  const rows = await page.locator("#ranking li").all();
  return Promise.all(
    rows.map(async (row) => (await row.locator("strong, .score, .reason").allTextContents()).join(" ")),
  );
}

test("a slider moves the ranking, by keyboard as by hand, and no message is logged", async () => {
  await using visited = await visit(occupancy);
  const { page, complaints } = visited;
  expect(await ranking(page)).toEqual(["red 1", "blue 0.75", "green 0.25"]);
  await page.getByLabel("occupancy of red", { exact: true }).fill("0.5");
  expect(await ranking(page)).toEqual(["blue 0.75", "red 0.5", "green 0.25"]);
  const slider = page.getByLabel("occupancy of green", { exact: true });
  await slider.focus();
  await page.keyboard.press("Home");
  expect(await ranking(page)).toEqual(["green 1", "blue 0.75", "red 0.5"]);
  await page.keyboard.press("End");
  expect(await ranking(page)).toEqual(["blue 0.75", "red 0.5", "green no free address: occupancy 100 %"]);
  await page.getByLabel("occupancy of green as a number").fill("0.4");
  expect(await ranking(page)).toEqual(["blue 0.75", "green 0.6", "red 0.5"]);
  expect(complaints).toEqual([]);
});

test("what is asked in quick succession is answered by its last", async () => {
  await using visited = await visit(occupancy);
  const { page } = visited;
  const slider = page.getByLabel("occupancy of red", { exact: true });
  for (let step = 0; step <= 50; step += 1) await slider.fill(String(step / 100));
  expect(await ranking(page)).toEqual(["blue 0.75", "red 0.5", "green 0.25"]);
});

test("a KPI that isn't measured is absent, never 0", async () => {
  await using visited = await visit(occupancy);
  const { page } = visited;
  await page.getByLabel("occupancy of red is measured").uncheck();
  expect(await ranking(page)).toEqual(["blue 0.75", "green 0.25", "red 0"]);
  const question = JSON.parse((await page.locator("#question").textContent()) ?? "");
  expect(question.candidates).toEqual({ blue: { occupancy: 0.25 }, green: { occupancy: 0.75 }, red: {} });
  expect(await page.getByLabel("occupancy of red", { exact: true }).isDisabled()).toBe(true);
});

test("candidates come and go", async () => {
  await using visited = await visit(occupancy);
  const { page } = visited;
  await page.getByRole("button", { name: "Add a candidate" }).click();
  expect(await ranking(page)).toEqual(["red 1", "amber 1", "blue 0.75", "green 0.25"]);
  await page.getByRole("button", { name: "Remove red" }).click();
  expect(await ranking(page)).toEqual(["amber 1", "blue 0.75", "green 0.25"]);
  for (const network of ["blue", "green", "amber"]) {
    await page.getByRole("button", { name: `Remove ${network}` }).click();
  }
  expect(await ranking(page)).toEqual([]);
});

test("settings are held against the schema, and asked all the same; what is no JSON isn't", async () => {
  await using visited = await visit(occupancy);
  const { page } = visited;
  await page.locator("summary", { hasText: "Settings" }).click();
  const settings = page.locator("#settings");
  await settings.fill('{ "rejectAt": 0.7 }');
  expect((await ranking(page)).at(-1)).toBe("green too few free addresses: occupancy 75 %");
  await settings.fill('{ "rejectsAt": 0.7 }');
  await answered(page);
  expect(await page.locator("#settings-faults li").allTextContents()).toEqual([
    'settings: unknown key "rejectsAt", did you mean "rejectAt"?',
  ]);
  expect(await page.locator("#failure strong").textContent()).toBe(
    "The module answers with an error: unknown setting rejectsAt; known: rejectAt",
  );
  await settings.fill("{");
  expect(await page.locator("#settings-faults li").textContent()).toContain("settings: not JSON");
  expect(await settings.getAttribute("aria-invalid")).toBe("true");
  await settings.fill("");
  expect(await ranking(page)).toEqual(["red 1", "blue 0.75", "green 0.25"]);
  expect(await page.locator("#settings-faults li").count()).toBe(0);
  expect(await page.locator("#failure").isVisible()).toBe(false);
});

test("labels and attributes reach the module", async () => {
  await using visited = await visit(labels);
  const { page } = visited;
  const golden = labels.cases.find(({ workload }) => Object.keys(workload.labels).length > 0);
  if (golden === undefined) throw new Error("no case has labels");
  await page.locator("#preset").selectOption({ label: golden.name });
  const before = await ranking(page);
  await page.locator("summary", { hasText: "The pod" }).click();
  const area = page.getByLabel("labels", { exact: true });
  const text = await area.inputValue();
  expect(text).toBe(
    Object.entries(golden.workload.labels)
      .map((pair) => pair.join("="))
      .join("\n"),
  );
  await area.fill("");
  expect(await ranking(page)).not.toEqual(before);
  await area.fill(text);
  expect(await ranking(page)).toEqual(before);
});

test("a selector is told verdicts, and leaves alone what is rejected", async () => {
  await using visited = await visit(highest);
  const { page } = visited;
  const [first = ""] = await page.locator("#ranking li strong").allTextContents();
  await page.getByLabel(`score of ${first} is given, and not a rejection`).uncheck();
  await answered(page);
  expect(await page.locator("#ranking li strong").first().textContent()).not.toBe(first);
  expect(await page.locator(`#ranking li[data-network="${first}"] .state`).textContent()).toBe("left out");
  await page.getByLabel("rejected because").fill("too far");
  await answered(page);
  await page.getByLabel(`score of ${first} is given, and not a rejection`).check();
  await page.getByLabel(`score of ${first} as a number`).fill("1");
  await answered(page);
  expect(await page.locator("#ranking li strong").first().textContent()).toBe(first);
});

test("a module without golden cases begins with a made-up question", async () => {
  await using visited = await visit(bare);
  const { page } = visited;
  expect(await page.locator("#preset option").allTextContents()).toEqual(["a made-up question"]);
  expect((await ranking(page)).length).toBe(3);
  expect(await page.locator("#failure").isVisible()).toBe(false);
});

test("who listens is told the ranking when it has come to rest", async () => {
  await using visited = await visit(occupancy);
  const { page } = visited;
  await page.getByLabel("occupancy of green", { exact: true }).fill("1");
  await expect
    .poll(() => page.locator("[role=status]").textContent(), { timeout: PATIENT_MS })
    .toBe("Ranking: red, blue. Rejected: green.");
});

const LOOKS = [PHONE, DESKTOP].flatMap((viewport) =>
  (["light", "dark"] as const).map((colorScheme) => ({ viewport, colorScheme })),
);

test.each(LOOKS)("has no fault for who can't see it well ($viewport.width, $colorScheme)", async (look) => {
  for (const module of [occupancy, bare]) {
    await using visited = await visit(module, look);
    const { page } = visited;
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.locator("#settings").fill("{");
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>("axe.run({ iframes: false })");
    expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))).toEqual([]);
  }
});

test("fits a phone, and keeps the ranking in sight while a slider is moved", async () => {
  await using visited = await visit(bare, { viewport: PHONE });
  const { page } = visited;
  expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
    PHONE.width,
  );
  const last = page.locator("#candidates input[type=range]").last();
  await last.scrollIntoViewIfNeeded();
  const box = await page.locator("#ranking li").first().boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect(box?.y).toBeLessThan(PHONE.height / 2);
});

test("asks nothing of anybody but its own server", async () => {
  await using visited = await visit(occupancy);
  const { page, requests } = visited;
  await page.waitForLoadState("networkidle");
  const foreign = requests.filter(
    (url) => !url.startsWith(`${server.origin}/`) && !url.startsWith("blob:null/"),
  );
  expect(foreign).toEqual([]);
});

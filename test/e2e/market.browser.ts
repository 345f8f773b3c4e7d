/** A visitor of `geniectl market` in front of a real registry: from the list to a ranking that follows a slider. */
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../setup/browser.ts";
import { CLONE_DIR, DIST_DIR } from "../setup/build.ts";
import { type Desk, makeDesk } from "../setup/geniectl.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { PATIENT } from "./author-folder.ts";

const PATIENT_MS = 20_000;
/** Outside of this machine; there is no network to reach it by, and nobody may try. */
const ELSEWHERE = "https://198.51.100.7";

const README = `# Free addresses

![who reads this](${ELSEWHERE}/x.png) <img src="${ELSEWHERE}/y.png"> <script>fetch("${ELSEWHERE}/z")</script>
<link rel="prefetch" href="${ELSEWHERE}/p"> <iframe src="${ELSEWHERE}/f"></iframe>
<style>@import "${ELSEWHERE}/s.css"; body { background: url(${ELSEWHERE}/b.png) }</style>
<meta http-equiv="refresh" content="0;url=${ELSEWHERE}/m"> <video src="${ELSEWHERE}/v"></video>

Prefers networks with free addresses.
`;

const undo = new AsyncDisposableStack();
let desk: Desk;
let url: string;
let browser: Browser;
let reference: string;

beforeAll(async () => {
  desk = undo.use(await makeDesk());
  const { host } = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") }));
  const catalogue = `${host}/team/catalogue`;
  reference = `${host}/team/occupancy:1.0.0`;
  await copyFile(path.join(DIST_DIR, "modules/occupancy.wasm"), path.join(desk.folder, "occupancy.wasm"));
  await copyFile(
    path.join(CLONE_DIR, "selectors/occupancy/golden.json"),
    path.join(desk.folder, "golden.json"),
  );
  await writeFile(path.join(desk.folder, "README.md"), README);
  await run("keygen", "team");
  const beside = ["--readme", "README.md", "--cases", "golden.json", ...PATIENT];
  await run("publish", "occupancy.wasm", reference, "--catalogue", catalogue, "--key", "team.key", ...beside);
  url = await startMarket(catalogue);
  browser = await openBrowser();
  undo.defer(() => browser.close());
}, 120_000);
afterAll(() => undo.disposeAsync());

async function run(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await desk.run(...words);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

async function startMarket(catalogue: string): Promise<string> {
  const market = desk.start("market", "--catalogue", catalogue, "--port", "0", "--json");
  undo.defer(async () => {
    market.kill("SIGTERM");
    await market;
  });
  const [line] = await once(market.stdout, "data", { signal: AbortSignal.timeout(PATIENT_MS) });
  return JSON.parse(String(line)).url;
}

async function readAnswer(page: Page): Promise<unknown> {
  await page.locator('#result[aria-busy="false"]').waitFor();
  return JSON.parse((await page.locator("#answer").textContent()) ?? "");
}

/** What `geniectl run` says to the question that the page shows. */
async function runShown(page: Page): Promise<unknown> {
  const question = await page.locator("#question").textContent();
  await writeFile(path.join(desk.folder, "question.json"), question ?? "");
  return JSON.parse(await run("run", "occupancy.wasm", "question.json", "--json", ...PATIENT));
}

test("the list leads to the module, and that to a playground that ranks as geniectl run does", async () => {
  await using context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));

  await page.goto(url);
  await page.getByRole("link", { name: "occupancy" }).click();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("1.0.0");
  await page.getByText("Prefers networks with free addresses.").first().waitFor();
  await page.waitForLoadState("networkidle");

  await page.getByRole("link", { name: /try/i }).first().click();
  const cases: { name: string }[] = JSON.parse(await readFile(path.join(desk.folder, "golden.json"), "utf8"));
  for (const { name } of cases.slice(0, 2)) {
    await page.locator("#preset").selectOption({ label: name });
    expect(await readAnswer(page), name).toEqual(await runShown(page));
  }
  const before = await readAnswer(page);
  await page.locator("#candidates input[type=range]:enabled").first().fill("0.875");
  const after = await readAnswer(page);
  expect(after).not.toEqual(before);
  expect(after).toEqual(await runShown(page));

  expect(requests.length).toBeGreaterThan(5);
  expect(requests.filter((each) => !each.startsWith(url) && !/^(?:blob|data):/.test(each))).toEqual([]);
}, 120_000);

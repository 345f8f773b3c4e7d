import type { Browser, Page } from "playwright-core";
import { type GoldenCase, goldenCase } from "../../core/golden/case.ts";

const PATIENT_MS = 30_000;

export const QUESTION: GoldenCase = goldenCase.parse({
  name: "three networks",
  candidates: { "network-0": { occupancy: 0.1 }, "network-1": { occupancy: 0.2 }, "network-2": {} },
  count: 2,
});

/** Shows a playground of QUESTION, until it has answered or can't. */
export async function openPlayground(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  await page.goto(url);
  await settled(page);
  return page;
}

/** Until the page shows an answer, or that it has none to show. */
async function settled(page: Page): Promise<void> {
  await page.locator('[data-state="failed"], #result[aria-busy="false"]').first().waitFor();
}

/** Moves the first slider. */
export async function moveSlider(page: Page, value: string): Promise<void> {
  await page.locator("#candidates input[type=range]:enabled").first().fill(value);
  await settled(page);
}

/** What the page says is wrong. */
export const readFailure = async (page: Page) =>
  (await page.locator("#failure strong").allTextContents()).join();

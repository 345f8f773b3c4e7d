/** Modules that misbehave, in a real browser: each call ends as in a node's guest, and the page goes on. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moveSlider, openPlayground, QUESTION, readFailure } from "../../../test/fakes/playground-page.ts";
import { startPlayground, toTried } from "../../../test/fakes/playground.ts";
import { type HostileModule, makeHostile } from "../../../test/guests/corpus.ts";
import { openBrowser } from "../../../test/setup/browser.ts";

/** Chromium lets a worker run on for 2 s before it stops it by force. */
const STOPPED_MS = 20_000;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterAll(() => browser.close());

/** How a module's call ended, as the corpus tells it. */
async function readEnd(page: Page): Promise<{ outcome: string | null; text: string }> {
  const outcome = await page.locator("#result").getAttribute("data-outcome");
  if (outcome === "ok") {
    const { answer } = JSON.parse((await page.locator("#answer").textContent()) ?? "");
    return { outcome, text: JSON.stringify(answer) };
  }
  const text = (await readFailure(page)).replace(/^[^:]*: /, "");
  return { outcome, text };
}

const CORPUS = [
  ["loop-in-call", "loop-in-start", "loop-in-realloc", "loop-in-post-return", "endless-tail-call"],
  ["trap", "trap-in-start", "trap-in-realloc", "recursion", "hungry-recursion", "twice-its-memory"],
  ["memory-hog", "memory-at-start", "memory-page-by-page", "hog-in-realloc"],
  ["huge-answer", "nan", "score-infinite", "too-few-verdicts", "bad-answer-tag", "list-wraps", "text-wraps"],
  ["bad-utf8", "bad-utf16", "odd-utf16", "reason-at-limit", "reason-torn", "long-text"],
  ["escapes-in-reason", "bidi-in-reason", "bidi-in-error", "error"],
  ["duplicate-choice", "choice-out-of-range", "too-many-choices"],
  ["import", "wasi", "many-memories", "script-in-name", "wrong-world"],
].flat();

test.each(CORPUS)("%s ends as in a node's guest, and the page goes on", async (name) => {
  const { wasm, kind, outcome, says }: HostileModule = await makeHostile(name);
  const tried = { ...toTried(name, wasm, [QUESTION]), kind };
  await using server = await startPlayground([tried]);
  const page = await openPlayground(browser, server.urlOf(tried));
  const end = await readEnd(page);
  expect(end.outcome).toBe(outcome);
  expect(end.text).toMatch(says);
  if (outcome === "timeout" && name !== "endless-tail-call") {
    // that one Chromium never stops
    await expect.poll(() => page.workers().length, { timeout: STOPPED_MS }).toBe(0);
  }
  if ((await page.locator("#playground").getAttribute("data-state")) === "running") {
    await moveSlider(page, "0.7");
    expect((await readEnd(page)).outcome, "asked again").toBe(outcome);
  }
  await page.close();
});

test("a module that is late again and again is asked no more", async () => {
  const tried = toTried("late", (await makeHostile("loop-in-call")).wasm, [QUESTION]);
  await using server = await startPlayground([tried]);
  const page = await openPlayground(browser, server.urlOf(tried));
  for (const value of ["0.2", "0.3", "0.4"]) await moveSlider(page, value);
  expect((await readEnd(page)).text).toBe("it was late 3 times in a row; load the page anew to ask it again");
  await expect.poll(() => page.workers().length, { timeout: STOPPED_MS }).toBe(0);
  await page.close();
});

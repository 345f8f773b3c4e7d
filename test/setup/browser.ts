import { type Browser, chromium } from "playwright-core";
import { ensureChromium } from "./tools.ts";

/** On a machine that is busy with other tests. */
const START_MS = 60_000;

/** As the tests run as root; tests alone may do without Chromium's own sandbox. */
const AS_ROOT = ["--no-sandbox", "--disable-gpu"];

/** Starts a Chromium of its own, which is gone at disposal, or with us. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await ensureChromium(),
    args: AS_ROOT,
    timeout: START_MS,
  });
}

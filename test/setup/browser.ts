import { type Browser, chromium } from "playwright-core";
import { ensureChromium } from "./tools.ts";

/** On a machine that is busy with other tests. */
const START_MS = 60_000;

const ARGUMENTS = [
  "--no-sandbox", // as root it has none; tests alone may do without
  "--disable-gpu",
  "--enable-crash-reporter", // without, headless Chromium takes a trap of wasm for a crash of its own
];

/** Starts a Chromium of its own, which is gone at disposal, or with us. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await ensureChromium(),
    args: ARGUMENTS,
    timeout: START_MS,
  });
}

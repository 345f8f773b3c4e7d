import { defineConfig } from "vitest/config";
import usual from "../vitest.config.ts";

/**
 * `npm run test:browser`: the market's pages in a real Chromium. Apart from all other tests, for these make addresses on
 * this machine as they run, and a browser drops what it is loading whenever its machine gets or loses one.
 */
export default defineConfig({ test: { ...usual.test, include: ["{registry,test}/**/*.browser.ts"] } });

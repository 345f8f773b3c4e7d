import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * `npm run test:browser`: the market's pages in a real Chromium. Apart from all other tests, for these make addresses on
 * this machine as they run, and a browser drops what it is loading whenever its machine gets or loses one.
 */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["{registry,test}/**/*.browser.ts"],
    testTimeout: 60_000, // beside others, on a busy machine
    hookTimeout: 60_000,
    maxWorkers: availableParallelism() + 1, // tests wait for the browser half of their time
  },
});

import { defineConfig } from "vitest/config";

/** `npm run test:soak`: minutes of decisions, apart from the tests that every change waits for. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/soak/**/*.soak.ts"],
    testTimeout: 10 * 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // V8 doubles its young generation once, at some 25,000 decisions: 16 MiB that look like a leak.
    execArgv: ["--expose-gc", "--min-semi-space-size=16", "--max-semi-space-size=16"],
  },
});

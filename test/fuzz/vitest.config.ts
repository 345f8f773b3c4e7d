import { defineConfig } from "vitest/config";

/** `npm run test:fuzz`: minutes of damaged components, apart from the tests that every change waits for. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/fuzz/**/*.fuzz.ts"],
    testTimeout: 14 * 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

import { defineConfig } from "vitest/config";

/** `npm run test:chaos`: minutes of crashes under load, apart from the tests that every change waits for. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/chaos/**/*.chaos.ts"],
    testTimeout: 20 * 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

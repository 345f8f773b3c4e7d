import { defineConfig } from "vitest/config";

/** `npm run test:judge`: what takes a Go compiler, apart from the tests that run everywhere. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/judge/**/*.judge.ts"],
    testTimeout: 60_000,
  },
});

import { defineConfig } from "vitest/config";

/** `npm run test:runtimes`: runtimes that take a Go compiler, apart from those whose tests run everywhere. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/runtimes/**/*.runtime.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

import { defineConfig } from "vitest/config";

/** `npm run test:rust`: what takes cargo, apart from the tests that run everywhere. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/rust/**/*.rust.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});

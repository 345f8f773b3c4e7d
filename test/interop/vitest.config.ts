import { defineConfig } from "vitest/config";

/** `npm run test:interop`: with the programs of others, of which ORAS and cosign take a Go compiler. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/interop/**/*.interop.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

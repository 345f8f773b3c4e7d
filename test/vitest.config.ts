import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["{core,registry,cni,selectors,test,examples}/**/*.test.ts"],
    testTimeout: 60_000, // beside others, on a busy machine
    hookTimeout: 60_000,
    maxWorkers: availableParallelism() + 1, // tests wait for programs half of their time
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["{core,registry,cni,selectors,test,examples}/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: "100%", // the usual leaves one core idle, while most tests wait for programs that they started
  },
});

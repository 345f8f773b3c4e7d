import { defineConfig } from "vitest/config";

/** `npm run test:cluster`: with a real etcd and kube-apiserver, which take a Go compiler. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/cluster/**/*.cluster.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false, // each file has a cluster of its own
  },
});

import path from "node:path";
import type { Plugin } from "esbuild";

/**
 * What the Kubernetes client brings for ways that genie doesn't go: its own way to the server, logins in browsers,
 * proxies, shells in pods and copies out of them. They are two thirds of what it takes to load it.
 */
export const UNUSED_BY_CLIENT = [
  "hpagent",
  "isomorphic-ws",
  "jsonpath-plus",
  "openid-client",
  "socks",
  "socks-proxy-agent",
  "stream-buffers",
  "tar-fs",
  "undici",
];

/** Puts nothing in these packages' place: whoever uses one of them finds that it is undefined. */
export function leaveOut(packages: readonly string[]): Plugin {
  return {
    name: "leave-out",
    setup(build) {
      const namespace = "left-out";
      build.onResolve({ filter: /^[a-z]/ }, ({ path: name }) =>
        packages.includes(name) ? { path: name, namespace } : undefined,
      );
      build.onLoad({ filter: /^/, namespace }, () => ({ contents: "module.exports = {};" }));
    },
  };
}

/** A program's `import("…")` of an entry becomes that of the chunk's file; both lie in folders of dist. */
export function leaveToChunks(chunks: readonly { readonly name: string; readonly entry: string }[]): Plugin {
  return {
    name: "leave-to-chunks",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path: name, resolveDir, kind }) => {
        const entry = path.resolve(resolveDir, name);
        const chunk = kind === "dynamic-import" && chunks.find((one) => one.entry === entry);
        return chunk ? { path: `../${chunk.name}`, external: true } : undefined;
      });
    },
  };
}

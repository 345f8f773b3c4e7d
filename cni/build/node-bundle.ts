import type { BuildOptions } from "esbuild";

/** One file that node runs by itself, handed back and not written, with the licences of what is in it. */
export const NODE_BUNDLE = {
  bundle: true,
  write: false,
  format: "cjs",
  platform: "node",
  legalComments: "eof",
  logLevel: "warning",
} as const satisfies BuildOptions;

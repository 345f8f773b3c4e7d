import path from "node:path";
import { spawnTranspiler } from "../../cni/guest-process.ts";
import type { SourceOptions } from "../../registry/prepare/source.ts";
import { DIST_DIR } from "../setup/build.ts";

/** The built transpiler, with time for a busy machine. */
export const TRANSPILING: SourceOptions = {
  startTranspiler: () => spawnTranspiler(path.join(DIST_DIR, "bin/genie-transpiler")),
  prepareMs: 20_000,
  moduleBytes: 16 * 2 ** 20,
};

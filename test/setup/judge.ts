import path from "node:path";
import { CLONE_DIR } from "./build.ts";
import type { GoProgram } from "./go-program.ts";

/** The program that drives plugins with the reference libcni. */
export const JUDGE: GoProgram = {
  name: "judge",
  sourceDir: path.join(CLONE_DIR, "test/judge"),
  package: ".",
  buildMs: 180_000,
};

import { Script } from "node:vm";
import type { EvaluateGlue, Instantiate } from "./loaded-module.ts";

export const evaluateGlue: EvaluateGlue = (glue) =>
  new Script(glue, { filename: "glue" }).runInThisContext() as Instantiate;

import type { ModuleFailure, ModuleResult } from "../../select/outcome.ts";
import type { ModuleKind } from "../../select/request.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND } from "../../select/world.ts";
import { callPlain } from "./abi/call.ts";
import type { Arguments } from "./abi/lower.ts";
import { boundAnswer, TEXT_LIMIT } from "./bound-answer.ts";
import type { GlueModule, LoadedModule } from "./loaded-module.ts";
import { type Exports, Watch } from "./watch.ts";

/** The memory counts as the cause of a trap from this part of its limit on: guests grow by doubling. */
const NEARLY_FULL = 0.5;

export interface ModuleCall {
  readonly args: Arguments;
  /** The most items that the answer's list may have. */
  readonly maxItems: number;
}

/** Makes an instance, asks it once, and forgets it: nothing is left for the next call to see. */
export function callModule(module: LoadedModule, { args, maxItems }: ModuleCall): ModuleResult<unknown> {
  const watch = new Watch(maxItems);
  const { way } = module;
  try {
    return way.by === "abi"
      ? callPlain(way.plain, { args, maxItems, textLimit: TEXT_LIMIT }, watch)
      : callThroughGlue(module.kind, { args, maxItems, way }, watch);
  } catch (error) {
    return explain(error, watch, module.memoryBytes);
  }
}

function callThroughGlue(
  kind: ModuleKind,
  { args, maxItems, way }: ModuleCall & { readonly way: GlueModule },
  watch: Watch,
): ModuleResult<unknown> {
  const exports = way.instantiate((name) => way.coreByName.get(name), {}, watch.instantiateCore);
  const answering = findAnswering(kind, exports);
  if (answering === undefined) return { outcome: "wrongWorld", detail: "its interface has no such function" };
  watch.inModule = false;
  return boundAnswer(answering(...args), maxItems);
}

function findAnswering(kind: ModuleKind, exports: Readonly<Record<string, Exports>>) {
  const name = Object.keys(exports).find((key) => key.startsWith(`${INTERFACE_BY_KIND[kind]}@`));
  const found = name === undefined ? undefined : exports[name]?.[FUNCTION_BY_KIND[kind]];
  return typeof found === "function" ? (found as (...args: readonly unknown[]) => unknown) : undefined;
}

function explain(error: unknown, watch: Watch, limitBytes: number): ModuleFailure {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, TEXT_LIMIT);
  // jco throws a component's `err` as an Error with a payload.
  if (error instanceof Error && Object.hasOwn(error, "payload")) return { outcome: "error", detail };
  const isTrap = watch.inModule || error instanceof WebAssembly.RuntimeError;
  if (!isTrap) return { outcome: "badAnswer", detail };
  const isFull = watch.memoryBytes >= limitBytes * NEARLY_FULL;
  return { outcome: isFull ? "memory" : "trap", detail };
}

import type { ModuleResult } from "../../../select/outcome.ts";
import type { Watch } from "../watch.ts";
import { liftAnswer } from "./lift.ts";
import { type Arguments, lowerArguments } from "./lower.ts";
import { GuestMemory } from "./memory.ts";
import type { PlainModule } from "./plain-module.ts";
import { TEXT_FORMATS } from "./text.ts";

export interface PlainCall {
  readonly args: Arguments;
  readonly maxItems: number;
  readonly textLimit: number;
}

/** Takes a fresh instance and asks it once, by the canonical ABI. What it throws is the module's doing. */
export function callPlain(
  module: PlainModule,
  { args, maxItems, textLimit }: PlainCall,
  watch: Watch,
): ModuleResult<unknown> {
  const { lift } = module;
  const exports = module.takeInstance();
  watch.adopt(exports);
  watch.inModule = false;
  const memory = exports[lift.memory];
  const realloc = exports[lift.realloc];
  const func = exports[lift.func];
  if (!(memory instanceof WebAssembly.Memory) || !isFunction(realloc) || !isFunction(func)) {
    return { outcome: "wrongWorld", detail: "its core module lacks what its function needs" };
  }
  const text = TEXT_FORMATS[lift.encoding];
  const guest = new GuestMemory({ memory, realloc, watch });
  const at = lowerArguments({ memory: guest, text }, args);
  const address = Number(watch.run(() => func(at))) >>> 0;
  guest.refresh();
  const answer = liftAnswer(lift.kind, address, { memory: guest, text, maxItems, textLimit });
  const postReturn = lift.postReturn === undefined ? undefined : exports[lift.postReturn];
  if (isFunction(postReturn)) watch.run(() => postReturn(address));
  return answer;
}

function isFunction(value: unknown): value is (...args: readonly number[]) => unknown {
  return typeof value === "function";
}

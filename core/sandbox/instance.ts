import type { Exports, InstantiateCore, LoadedModule } from "./loaded-module.ts";
import type { ModuleFailure, ModuleResult } from "../select/outcome.ts";
import type { ModuleKind } from "../select/request.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND, INTERFACE_PREFIX } from "../select/world.ts";

/** The memory counts as the cause of a trap from this part of its limit on: guests grow by doubling. */
const NEARLY_FULL = 0.5;

export interface ModuleCall {
  /** The arguments of the function, in the shape that jco's glue takes. */
  readonly args: readonly unknown[];
  /** The most items that the answer's list may have. */
  readonly maxItems: number;
}

/** Makes an instance, asks it once, and forgets it: nothing is left for the next call to see. */
export function callModule(module: LoadedModule, { args, maxItems }: ModuleCall): ModuleResult<unknown> {
  const watch = new Watch(maxItems);
  try {
    const exports = module.instantiate((name) => module.coreByName.get(name), {}, watch.instantiateCore);
    const answering = findAnswering(module.kind, exports);
    if (answering === undefined)
      return { outcome: "wrongWorld", detail: "its interface has no such function" };
    watch.inModule = false;
    return { outcome: "ok", value: answering(...args) };
  } catch (error) {
    return explain(error, watch, module.memoryBytes);
  }
}

function findAnswering(kind: ModuleKind, exports: Readonly<Record<string, Exports>>) {
  const name = Object.keys(exports).find((key) => key.startsWith(`${INTERFACE_BY_KIND[kind]}@`));
  const found = name === undefined ? undefined : exports[name]?.[FUNCTION_BY_KIND[kind]];
  return typeof found === "function" ? (found as (...args: readonly unknown[]) => unknown) : undefined;
}

/** Tells the module's own code from the glue around it when something is thrown. */
class Watch {
  /** Whether the module's code runs, its start included; still true after it threw. */
  inModule = true;
  readonly #cores = new Set<WebAssembly.Module>();
  readonly #memories: WebAssembly.Memory[] = [];
  readonly #maxItems: number;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  get memoryBytes(): number {
    return this.#memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  }

  /** A core module is instantiated once: its maximum of memory was counted once. */
  readonly instantiateCore: InstantiateCore = (core, imports) => {
    if (this.#cores.has(core)) throw new RangeError("a core module is instantiated twice");
    this.#cores.add(core);
    const { exports } = new WebAssembly.Instance(core, imports);
    const watched: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(exports)) {
      if (value instanceof WebAssembly.Memory) this.#memories.push(value);
      watched[name] = name.startsWith(INTERFACE_PREFIX) ? this.#watch(value, exports) : value;
    }
    return { exports: watched };
  };

  #watch(value: unknown, { memory }: Exports): unknown {
    if (typeof value !== "function") return value;
    return (...args: unknown[]): unknown => {
      this.inModule = true;
      const answer: unknown = Reflect.apply(value, undefined, args);
      this.inModule = false;
      if (memory instanceof WebAssembly.Memory) this.#checkLength(memory, answer);
      return answer;
    };
  }

  /**
   * Refuses a list that is too long before the glue makes an object of each item, which would take ten times the
   * module's memory. Source: component-model, CanonicalABI.md: `result<list<…>, string>` has its tag at 0, the
   * list's length at 8.
   */
  #checkLength({ buffer }: WebAssembly.Memory, address: unknown): void {
    if (typeof address !== "number" || address < 0 || address + 12 > buffer.byteLength) return;
    const view = new DataView(buffer, address);
    const length = view.getUint8(0) === 0 ? view.getUint32(8, true) : 0;
    if (length > this.#maxItems)
      throw new RangeError(`the list has ${length} items; ${this.#maxItems} are the most`);
  }
}

function explain(error: unknown, watch: Watch, limitBytes: number): ModuleFailure {
  const detail = error instanceof Error ? error.message : String(error);
  // jco throws a component's `err` as an Error with a payload.
  if (error instanceof Error && Object.hasOwn(error, "payload")) return { outcome: "error", detail };
  const isTrap = watch.inModule || error instanceof WebAssembly.RuntimeError;
  if (!isTrap) return { outcome: "badAnswer", detail };
  const isFull = watch.memoryBytes >= limitBytes * NEARLY_FULL;
  return { outcome: isFull ? "memory" : "trap", detail };
}

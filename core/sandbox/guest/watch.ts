import { checkLength } from "./abi/lift.ts";
import { INTERFACE_PREFIX } from "../../select/world.ts";

export type Exports = Readonly<Record<string, unknown>>;
export type InstantiateCore = (
  core: WebAssembly.Module,
  imports?: WebAssembly.Imports,
) => { readonly exports: Exports };

/** What the tools call the function through which memory is asked for. */
const REALLOC = "cabi_realloc";

/** Tells the module's own code from what is around it when something is thrown. */
export class Watch {
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

  /** Runs the module's code. */
  run<T>(code: () => T): T {
    const outer = this.inModule;
    this.inModule = true;
    const answer = code();
    this.inModule = outer;
    return answer;
  }

  /** A core module is instantiated once: its maximum of memory was counted once. */
  instantiate(core: WebAssembly.Module, imports?: WebAssembly.Imports): Exports {
    if (this.#cores.has(core)) throw new RangeError("a core module is instantiated twice");
    this.#cores.add(core);
    const { exports } = new WebAssembly.Instance(core, imports);
    this.adopt(exports);
    return exports;
  }

  /** Counts the memories of an instance that was made elsewhere. */
  adopt(exports: Exports): void {
    for (const value of Object.values(exports)) {
      if (value instanceof WebAssembly.Memory) this.#memories.push(value);
    }
  }

  /** For the glue: what is called in the module from outside is watched. */
  readonly instantiateCore: InstantiateCore = (core, imports) => {
    const exports = this.instantiate(core, imports);
    const watched: Record<string, unknown> = { ...exports };
    for (const name of Object.keys(exports)) {
      if (name.startsWith(INTERFACE_PREFIX)) watched[name] = this.#watchAnswer(exports[name], exports);
      if (name === REALLOC) watched[name] = this.#watch(exports[name]);
    }
    return { exports: watched };
  };

  #watch(value: unknown): unknown {
    if (typeof value !== "function") return value;
    return (...args: unknown[]): unknown => this.run((): unknown => Reflect.apply(value, undefined, args));
  }

  #watchAnswer(value: unknown, { memory }: Exports): unknown {
    const watched = this.#watch(value);
    if (typeof watched !== "function") return value;
    return (...args: unknown[]): unknown => {
      const answer: unknown = watched(...args);
      if (memory instanceof WebAssembly.Memory) this.#checkAnswer(memory, answer);
      return answer;
    };
  }

  /**
   * Refuses a list that is too long before the glue makes an object of each item, which would take ten times the
   * module's memory; and an answer that isn't aligned, which the glue takes.
   * Source: component-model, CanonicalABI.md: `result<list<…>, string>` has its tag at 0, the list's length at 8.
   */
  #checkAnswer({ buffer }: WebAssembly.Memory, address: unknown): void {
    if (typeof address !== "number" || address < 0 || address + 12 > buffer.byteLength) return;
    if (address % 4 !== 0) throw new RangeError(`the address ${address} of the answer is not aligned to 4`);
    const view = new DataView(buffer, address);
    checkLength(view.getUint8(0) === 0 ? view.getUint32(8, true) : 0, this.#maxItems);
  }
}

import { Script } from "node:vm";
import type { ModuleResult } from "../select/outcome.ts";
import type { ModuleKind } from "../select/request.ts";
import { GLUE, ORDER } from "./message.ts";
import type { Records } from "./records.ts";

export type Exports = Readonly<Record<string, unknown>>;
export type InstantiateCore = (core: WebAssembly.Module, imports?: object) => { readonly exports: Exports };

/** What jco's glue makes: a component's exported interfaces by name, each a fresh instance. */
export type Instantiate = (
  getCore: (name: string) => WebAssembly.Module | undefined,
  imports: Exports,
  instantiateCore: InstantiateCore,
) => Readonly<Record<string, Exports>>;

export interface LoadedModule {
  readonly kind: ModuleKind;
  readonly memoryBytes: number;
  readonly coreByName: ReadonlyMap<string, WebAssembly.Module>;
  readonly instantiate: Instantiate;
}

/** Compiles a module's core modules and evaluates its glue. Nothing of the module runs yet. */
export function loadModule(
  { kind, memoryBytes }: Pick<LoadedModule, "kind" | "memoryBytes">,
  records: Records,
): ModuleResult<LoadedModule> {
  const coreByName = new Map<string, WebAssembly.Module>();
  try {
    for (const [name, bytes] of records) {
      if (name !== ORDER && name !== GLUE) coreByName.set(name, new WebAssembly.Module(bytes));
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return { outcome: "wrongWorld", detail: error.message };
  }
  const script = new Script(Buffer.from(records.get(GLUE) ?? []).toString(), { filename: "glue" });
  const instantiate = script.runInThisContext() as Instantiate;
  return { outcome: "ok", value: { kind, memoryBytes, coreByName, instantiate } };
}

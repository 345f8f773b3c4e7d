import { Script } from "node:vm";
import type { ModuleResult } from "../../select/outcome.ts";
import type { ModuleKind } from "../../select/request.ts";
import type { Lift } from "../../wasm/lift.ts";
import type { PlainModule } from "./abi/call.ts";
import type { Exports, InstantiateCore } from "./watch.ts";
import { GLUE, LIFT, ORDER } from "../wire/message.ts";
import type { Records } from "../wire/records.ts";

/** What jco's glue makes: a component's exported interfaces by name, each a fresh instance. */
export type Instantiate = (
  getCore: (name: string) => WebAssembly.Module | undefined,
  imports: Exports,
  instantiateCore: InstantiateCore,
) => Readonly<Record<string, Exports>>;

/** A component of any shape, called by what jco made of it. */
export interface GlueModule {
  readonly coreByName: ReadonlyMap<string, WebAssembly.Module>;
  readonly instantiate: Instantiate;
}

export interface LoadedModule {
  readonly kind: ModuleKind;
  readonly memoryBytes: number;
  readonly way: ({ readonly by: "abi" } & PlainModule) | ({ readonly by: "glue" } & GlueModule);
}

/** Compiles a module's core modules, and evaluates its glue where it is needed. Nothing of the module runs yet. */
export function loadModule(
  { kind, memoryBytes }: Pick<LoadedModule, "kind" | "memoryBytes">,
  records: Records,
): ModuleResult<LoadedModule> {
  const coreByName = new Map<string, WebAssembly.Module>();
  try {
    for (const [name, bytes] of records) {
      if (!OURS.includes(name)) coreByName.set(name, new WebAssembly.Module(bytes));
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return { outcome: "wrongWorld", detail: error.message };
  }
  return { outcome: "ok", value: { kind, memoryBytes, way: makeWay(kind, coreByName, records) } };
}

/** Records that are no core modules. */
const OURS: readonly string[] = [ORDER, GLUE, LIFT];

function makeWay(
  kind: ModuleKind,
  coreByName: GlueModule["coreByName"],
  records: Records,
): LoadedModule["way"] {
  const record = records.get(LIFT);
  const lift = record && (JSON.parse(Buffer.from(record).toString()) as Lift);
  const [core, ...more] = coreByName.values();
  if (lift?.kind === kind && core !== undefined && more.length === 0) return { by: "abi", core, lift };
  const script = new Script(Buffer.from(records.get(GLUE) ?? []).toString(), { filename: "glue" });
  return { by: "glue", coreByName, instantiate: script.runInThisContext() as Instantiate };
}

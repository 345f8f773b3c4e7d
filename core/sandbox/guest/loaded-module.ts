import type { ModuleResult } from "../../select/outcome.ts";
import type { ModuleKind } from "../../select/request.ts";
import type { Lift } from "../../wasm/lift.ts";
import { PlainModule } from "./abi/plain-module.ts";
import type { Exports, InstantiateCore } from "./watch.ts";
import { GLUE, LIFT, type LoadOrder, ORDER } from "../wire/message.ts";
import type { Records } from "../wire/records.ts";

/** What jco's glue makes: a component's exported interfaces by name, each a fresh instance. */
export type Instantiate = (
  getCore: (name: string) => WebAssembly.Module | undefined,
  imports: Exports,
  instantiateCore: InstantiateCore,
) => Readonly<Record<string, Exports>>;

/** Makes a script's value out of its text. */
export type EvaluateGlue = (glue: string) => Instantiate;

/** A component of any shape, called by what jco made of it. */
export interface GlueModule {
  readonly coreByName: ReadonlyMap<string, WebAssembly.Module>;
  readonly instantiate: Instantiate;
}

export interface LoadedModule {
  readonly kind: ModuleKind;
  readonly memoryBytes: number;
  readonly way: { readonly by: "abi"; readonly plain: PlainModule } | ({ readonly by: "glue" } & GlueModule);
}

/** Compiles a module's core modules, and evaluates its glue where it is needed. Nothing of the module runs yet. */
export function loadModule(
  { kind, memoryBytes, canWait }: Omit<LoadOrder, "do" | "id">,
  records: Records,
  evaluateGlue: EvaluateGlue,
): ModuleResult<LoadedModule> {
  const coreByName = new Map<string, WebAssembly.Module>();
  try {
    for (const [name, bytes] of records) {
      if (!OURS.includes(name))
        coreByName.set(name, new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>));
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return { outcome: "wrongWorld", detail: error.message };
  }
  const plain = findPlain(kind, coreByName, records);
  const way = plain
    ? ({ by: "abi", plain: new PlainModule(plain.core, plain.lift, canWait) } as const)
    : ({ by: "glue", coreByName, instantiate: evaluateGlue(readGlue(records)) } as const);
  return { outcome: "ok", value: { kind, memoryBytes, way } };
}

/** Records that are no core modules. */
const OURS: readonly string[] = [ORDER, GLUE, LIFT];

function findPlain(
  kind: ModuleKind,
  coreByName: GlueModule["coreByName"],
  records: Records,
): { readonly core: WebAssembly.Module; readonly lift: Lift } | undefined {
  const record = records.get(LIFT);
  const lift = record && (JSON.parse(Buffer.from(record).toString()) as Lift);
  const [core, ...more] = coreByName.values();
  return lift?.kind === kind && core !== undefined && more.length === 0 ? { core, lift } : undefined;
}

function readGlue(records: Records): string {
  return Buffer.from(records.get(GLUE) ?? []).toString();
}

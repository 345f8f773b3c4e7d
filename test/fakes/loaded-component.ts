/** Runs a component as nodes do, its glue and its calls included, with no guest process around it. */
import type { Arguments } from "../../core/sandbox/guest/abi/lower.ts";
import { evaluateGlue } from "../../core/sandbox/guest/evaluate-glue.ts";
import { callModule } from "../../core/sandbox/guest/instance.ts";
import { loadModule } from "../../core/sandbox/guest/loaded-module.ts";
import type { ModuleKind, SelectionRequest, Verdict } from "../../core/select/request.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { TRANSPILING } from "./transpiling.ts";

type Told = { readonly ok: unknown } | { readonly error: string };

/** Each call gets a fresh instance, as on a node. What ends otherwise than with an answer or an error is thrown. */
export type Ask = (request: SelectionRequest, verdicts?: readonly Verdict[]) => Told;

const MEMORY_BYTES = 16 * 2 ** 20;
const MAX_ITEMS = 1000;

export async function loadComponent(component: Uint8Array, kind: ModuleKind): Promise<Ask> {
  const made = await transpile(component, TRANSPILING);
  if (made.outcome !== "ok") throw new Error(made.detail);
  const loaded = loadModule({ kind, memoryBytes: MEMORY_BYTES, canWait: false }, made.value, evaluateGlue);
  if (loaded.outcome !== "ok") throw new Error(loaded.detail);
  return (request, verdicts) => {
    const args: Arguments = kind === "scorer" ? [request] : [request, verdicts];
    const said = callModule(loaded.value, { args, maxItems: MAX_ITEMS });
    if (said.outcome === "ok") return { ok: said.value };
    if (said.outcome === "error") return { error: said.detail };
    throw new Error(`${said.outcome}: ${said.detail}`);
  };
}

/** For tests: calls a component as the guest process does, without the process around it. */
import { generate } from "@bytecodealliance/jco/component";
import { callModule, type Instantiate } from "../core/sandbox/instance.ts";
import type { ModuleResult } from "../core/select/outcome.ts";
import type { ModuleKind, SelectionRequest, Verdict } from "../core/select/request.ts";

export type Ask = (request: SelectionRequest, verdicts?: readonly Verdict[]) => ModuleResult<unknown>;

/** Each call of the answered function gets a fresh instance. */
export async function loadComponent(component: Uint8Array, kind: ModuleKind): Promise<Ask> {
  const { files } = await generate(component, {
    name: "module",
    instantiation: { tag: "sync" },
    noTypescript: true,
    noNodejsCompat: true,
    tlaCompat: false,
    base64Cutoff: 0,
  });
  const glue = files.find(([name]) => name === "module.js")?.[1];
  const cores = files.filter(([name]) => name.endsWith(".wasm"));
  const coreByName = new Map(cores.map(([name, bytes]) => [name, new WebAssembly.Module(bytes)]));
  const url = `data:text/javascript;base64,${Buffer.from(glue ?? []).toString("base64")}`;
  const { instantiate } = (await import(url)) as { instantiate: Instantiate };
  const module = { kind, memoryBytes: 16 * 2 ** 20, coreByName, instantiate };
  return (request, verdicts) => callModule(module, verdicts === undefined ? [request] : [request, verdicts]);
}

/** A request about these candidates, with nothing else of interest in it. */
export function makeRequest(more: Partial<SelectionRequest>): SelectionRequest {
  const workload = { orchestrator: "none", namespace: "", name: "", labels: [], annotations: [], node: "n1" };
  const rest = { count: 1, settings: "{}", seed: 1n, extensions: [] };
  return { purpose: "attach", workload, candidates: [], ...rest, ...more };
}

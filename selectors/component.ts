/** For tests: calls a component as its world says, with no guest process around it. */
import { generate } from "@bytecodealliance/jco/component";
import type { ModuleKind, SelectionRequest, Verdict } from "../core/select/request.ts";

type Told = { readonly ok: unknown } | { readonly error: string };

/** Each call gets a fresh instance, as on a node. A trap is thrown. */
export type Ask = (request: SelectionRequest, verdicts?: readonly Verdict[]) => Told;

type Answering = (...question: readonly unknown[]) => unknown;
type Instantiate = (
  getCore: (name: string) => WebAssembly.Module | undefined,
  imports: object,
) => { readonly scoring?: { score: Answering }; readonly selecting?: { select: Answering } };

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
  return (request, verdicts) => {
    const { scoring, selecting } = instantiate((name) => coreByName.get(name), {});
    return tell(() => (kind === "scorer" ? scoring?.score(request) : selecting?.select(request, verdicts)));
  };
}

/** jco throws a component's `err` as an Error with a payload. */
function tell(answer: () => unknown): Told {
  try {
    return { ok: answer() };
  } catch (error) {
    if (error instanceof Error && "payload" in error) return { error: String(error.payload) };
    throw error;
  }
}

/** A request about these candidates, with nothing else of interest in it. */
export function makeRequest(more: Partial<SelectionRequest>): SelectionRequest {
  const workload = {
    orchestrator: "none",
    namespace: "",
    name: "",
    labels: [],
    annotations: [],
    node: "n1",
  };
  const rest = { count: 1, settings: "{}", seed: 1n, extensions: [] };
  return { purpose: "attach", workload, candidates: [], ...rest, ...more };
}

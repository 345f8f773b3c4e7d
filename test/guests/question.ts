import { transpile } from "../../registry/prepare/transpile.ts";
import { GLUE } from "../../core/sandbox/message.ts";
import type { PreparedModule } from "../../core/sandbox/port.ts";
import type { ModuleKind, SelectionRequest } from "../../core/select/request.ts";

/** A request with so many candidates, each with four KPIs and two attributes. */
export function planRequest(candidateCount: number): SelectionRequest {
  const candidates = Array.from({ length: candidateCount }, (_, at) => ({
    network: `network-${at}`,
    plugin: "bridge",
    attributes: [
      { key: "tenant", value: "a" },
      { key: "zone", value: `z${at % 3}` },
    ],
    kpis: [
      { name: "occupancy", value: (at % 100) / 100, ageMs: 5 },
      { name: "free-addresses", value: 250 - (at % 250), ageMs: 5 },
      { name: "price-per-hour", value: 1 + (at % 7), ageMs: 0 },
      { name: "capacity-mbps", value: 1000, ageMs: 0 },
    ],
    current: false,
  }));
  const workload = { orchestrator: "none", namespace: "default", name: "web-0", labels: [], annotations: [], node: "n1" };
  return { purpose: "attach", workload, candidates, count: 1, settings: "{}", seed: 5n, extensions: [] };
}

/** A component as the sandbox takes it. @throws when the transpiler refuses it. */
export async function prepare(wasm: Uint8Array, digest: string, kind: ModuleKind): Promise<PreparedModule> {
  const made = await transpile(wasm);
  if (made.outcome !== "ok") throw new Error(made.detail);
  const coreByName = new Map(made.value);
  const glue = coreByName.get(GLUE) ?? new Uint8Array();
  coreByName.delete(GLUE);
  return { digest, kind, glue, coreByName };
}

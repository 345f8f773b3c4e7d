import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Records } from "../../core/sandbox/records.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";

/** For one component of 16 MiB at most; 0.1 s is usual, 0.5 s for a JavaScript engine. */
const DEADLINE_MS = 2000;
const HEAP_MIB = 512;

/** In the sources, or in `dist/lib` when a bundled program runs. */
const WORKER = import.meta.url.endsWith(".ts") ? "./transpile-worker.ts" : "../lib/transpile-worker.mjs";

/** Makes of a component what the guest process runs: glue and core modules. */
export async function transpile(wasm: Uint8Array): Promise<ModuleResult<Records>> {
  const worker = new Worker(new URL(WORKER, import.meta.url), {
    workerData: wasm,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const [made]: unknown[] = await once(worker, "message", { signal: deadline });
    if (made instanceof Map) return { outcome: "ok", value: made };
    return { outcome: "wrongWorld", detail: `can't be prepared: ${String(made)}` };
  } catch (error) {
    if (!deadline.aborted) throw error;
    return { outcome: "timeout", detail: `can't be prepared within ${DEADLINE_MS} ms` };
  } finally {
    await worker.terminate();
  }
}

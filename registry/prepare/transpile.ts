import { Worker } from "node:worker_threads";
import type { Records } from "../../core/sandbox/records.ts";
import { cleanReason } from "../../core/select/answer.ts";
import type { ModuleFailure, ModuleResult } from "../../core/select/outcome.ts";

/** For an ADD that has to prepare a module itself; 0.1 s is usual, 0.5 s for a JavaScript engine. */
const DEADLINE_MS = 2000;
const HEAP_MIB = 512;

/** For a worker to end; one that is held by the system ends later, and nobody waits for it. */
const END_MS = 1000;

/** Much more than is kept of a text, and little to clean. */
const TEXT_LIMIT = 1024;

/** In the sources, or in `dist/lib` when a bundled program runs. */
const WORKER = import.meta.url.endsWith(".ts") ? "./transpile-worker.ts" : "../lib/transpile-worker.mjs";

export interface TranspileOptions {
  /** The worker, when it isn't ours. */
  readonly program?: URL;
  readonly deadlineMs?: number;
}

/** Makes of a component what the guest process runs: glue and core modules. */
export async function transpile(
  wasm: Uint8Array,
  { program = new URL(WORKER, import.meta.url), deadlineMs = DEADLINE_MS }: TranspileOptions = {},
): Promise<ModuleResult<Records>> {
  const { promise, resolve } = Promise.withResolvers<ModuleResult<Records>>();
  const worker = new Worker(program, {
    workerData: wasm,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const late = { outcome: "timeout", detail: `can't be prepared within ${deadlineMs} ms` } as const;
  const timer = setTimeout(() => resolve(late), deadlineMs);
  worker.once("message", (made: unknown) => resolve(toResult(made)));
  // Stays to the end: without a listener, what a worker throws after its answer would end this process.
  worker.on("error", (error: unknown) => resolve(toFailure(error instanceof Error ? error.message : error)));
  worker.once("exit", (exitCode: number) => resolve(toFailure(`exit code ${exitCode}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await end(worker);
  }
}

async function end(worker: Worker): Promise<void> {
  worker.unref();
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, END_MS);
  try {
    await Promise.race([worker.terminate(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function toResult(made: unknown): ModuleResult<Records> {
  if (made instanceof Map) return { outcome: "ok", value: made };
  return { outcome: "wrongWorld", detail: `can't be prepared: ${clean(made)}` };
}

/** The transpiler itself failed, as when its file is missing: that says nothing about the module. */
function toFailure(why: unknown): ModuleFailure {
  return { outcome: "error", detail: `the transpiler failed: ${clean(why)}` };
}

/** The transpiler's texts quote the module. */
function clean(text: unknown): string {
  return cleanReason(String(text).slice(0, TEXT_LIMIT));
}

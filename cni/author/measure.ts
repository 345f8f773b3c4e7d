import type { PreparedModule } from "../../core/sandbox/port.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { findMemoryNeed, type Latency, measureLatency } from "./bench.ts";
import { planSample } from "./sample.ts";
import type { TrialLimits } from "./trial.ts";

export interface Benched {
  readonly kind: ModuleKind;
  readonly sizeBytes: number;
  readonly prepareMs: number;
  /** The limit that suffices for the most candidates; null when none that was allowed does. */
  readonly memoryMiB: number | null;
  readonly latencies: readonly Latency[];
}

export interface Measuring {
  readonly component: Uint8Array;
  readonly limits: TrialLimits;
  /** Answers by number of candidates. */
  readonly rounds: number;
  /** As JSON, in place of made-up ones. */
  readonly settings: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** Latency, memory and size of a module that is prepared. */
export async function measureModule(
  module: PreparedModule,
  { component, limits, rounds, settings, signal, onProgress }: Measuring,
): Promise<Omit<Benched, "prepareMs">> {
  const sample = planSample(component, settings);
  const latencies: Latency[] = [];
  onProgress("measuring …");
  for await (const latency of measureLatency(module, { rounds, limits, sample, signal })) {
    latencies.push(latency);
    onProgress(`measured ${latency.candidates} candidates …`);
  }
  const most = Math.max(...latencies.map(({ candidates }) => candidates));
  const memoryMiB = await findMemoryNeed(module, { limits, sample: { ...sample, candidates: most } });
  return { kind: module.kind, sizeBytes: component.byteLength, memoryMiB: memoryMiB ?? null, latencies };
}

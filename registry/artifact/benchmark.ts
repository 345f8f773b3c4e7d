import * as z from "zod";
import { findJsonObject } from "../../core/spec/json.ts";

const milliseconds = z.number().min(0);

const benchmark = z.object({
  sizeBytes: z.number().int().min(0),
  prepareMs: milliseconds,
  /** The limit that suffices for the most candidates; null when none that a node allows does. */
  memoryMiB: z.number().min(0).nullable(),
  latencies: z
    .array(
      z.object({
        candidates: z.number().int().min(1),
        rounds: z.number().int().min(1),
        p50Ms: milliseconds,
        p99Ms: milliseconds,
      }),
    )
    .max(32)
    .readonly(),
});

/** What `geniectl bench --json` prints, as it lies beside a module. Measured on whatever machine its publisher has. */
export type Benchmark = z.infer<typeof benchmark>;

/** The benchmark that a text holds which anybody may have written; undefined when it holds none. */
export function findBenchmark(text: string): Benchmark | undefined {
  return benchmark.safeParse(findJsonObject(text)).data;
}

import { setTimeout as sleep } from "node:timers/promises";
import { RegistryFailure } from "../errors.ts";
import type { Transport } from "./exchange.ts";

const FIRST_PAUSE_MS = 100;

/** Tries again, with growing and jittered pauses, as long as the failure says that it may pass. */
export async function retrying<T>(
  attempt: () => Promise<T>,
  { limits, signal }: Pick<Transport, "limits" | "signal">,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      const leastMs = error instanceof RegistryFailure ? error.retryAfterMs : undefined;
      if (leastMs === undefined || leastMs > limits.maxRetryAfterMs || failures >= limits.retries)
        throw error;
      const pauseMs = FIRST_PAUSE_MS * 2 ** failures * (0.5 + Math.random());
      await sleep(Math.max(leastMs, pauseMs), undefined, signal && { signal });
    }
  }
}

/** Milliseconds that a Retry-After header asks for: seconds or a date; 0 when it says nothing we understand. */
export function parseRetryAfter(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now.getTime());
}

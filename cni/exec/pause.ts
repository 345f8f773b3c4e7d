import { setTimeout as sleep } from "node:timers/promises";

/** Returns after this time, or as soon as `stop` is aborted. */
export async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(durationMs, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

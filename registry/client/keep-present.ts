import { setTimeout as sleep } from "node:timers/promises";
import { RegistryFailure } from "../errors.ts";
import type { Transport } from "./exchange.ts";
import { retrying } from "./retry.ts";

/** Whether something was under a tag already, or has just been put there. */
export type Presence = "present" | "added";

const ROUNDS = 20;
/** How long a writer stays watchful after its entry is in: many times as long as its own reading and writing took. */
const SETTLE_FACTOR = 4;
const MOST_SETTLE_MS = 5_000;

/**
 * Has something under a tag, beside what other writers put there. Registries have no compare-and-swap: who had read
 * before us may overwrite ours, so we look again when all of these must be through, and repeat.
 * @throws {RegistryFailure} contended, naming `what`, and what `addOnce` throws
 */
export async function keepPresent(
  addOnce: () => Promise<Presence>,
  { what, transport }: { what: string; transport: Transport },
): Promise<void> {
  const { signal, limits } = transport;
  const giveUpAtMs = performance.now() + limits.undisturbedMs;
  let round = 0;
  while (round++ < ROUNDS && performance.now() < giveUpAtMs) {
    const startedMs = performance.now();
    if ((await retrying(addOnce, transport)) === "present") return;
    const tookMs = performance.now() - startedMs;
    const leastMs = Math.max(limits.settleMs, Math.min(SETTLE_FACTOR * tookMs, MOST_SETTLE_MS));
    // The later the round, the further the writers are spread.
    await sleep(leastMs * (1 + Math.random() * round), undefined, signal && { signal });
  }
  throw new RegistryFailure("contended", `others overwrote ${what} ${round - 1} times`);
}

import { afterEach, expect, test, vi } from "vitest";
import { RegistryFailure } from "../errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { parseRetryAfter, retrying } from "./retry.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

test.each([
  [undefined, 0],
  ["2", 2000],
  ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ["soon", 0],
  ["-1", 0],
])("%s", (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});

afterEach(() => vi.restoreAllMocks());

/** The pauses between tries that all fail in a way that may pass, in milliseconds. */
async function listPauses(retries: number): Promise<readonly number[]> {
  const triedAtMs: number[] = [];
  const transport = { limits: { ...DEFAULT_LIMITS, retries }, signal: undefined } as const;
  const attempt = async () => {
    triedAtMs.push(performance.now());
    throw new RegistryFailure("registryError", "503", { retryAfterMs: 0 });
  };
  await expect(retrying(attempt, transport)).rejects.toMatchObject({ kind: "registryError" });
  return triedAtMs.slice(1).map((ms, at) => ms - (triedAtMs[at] ?? 0));
}

test.each([
  ["least", 0, [50, 100, 200]],
  ["most", 1, [150, 300, 600]],
])(
  "pauses grow, and chance makes them half as long or half as long again: the %s",
  async (_, chance, least) => {
    vi.spyOn(Math, "random").mockReturnValue(chance);
    const pauses = await listPauses(least.length);
    expect(pauses).toHaveLength(least.length);
    for (const [at, ms] of pauses.entries()) expect(ms).toBeGreaterThan((least[at] ?? 0) - 2); // a timer's clock is coarse
  },
);

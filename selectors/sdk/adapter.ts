import type { AnySettings, Candidate, Request } from "./module.d.ts";

/**
 * A request as componentize-qjs 0.4 hands it over: unsigned numbers come signed, and 64 bits in a number. The
 * settings are JSON text.
 */
export type SignedRequest = Omit<Request, "seed" | "settings"> & { seed: number; settings: string };

/** Runs inside each TypeScript module, between the component's export and the author's function. */
export function toRequest(signed: SignedRequest): Request {
  const candidates = signed.candidates.map(withUnsignedAges);
  const settings = JSON.parse(signed.settings) as AnySettings;
  return { ...signed, candidates, settings, count: signed.count >>> 0, seed: toSeed(signed.seed) };
}

function withUnsignedAges(candidate: Candidate): Candidate {
  return { ...candidate, kpis: candidate.kpis.map((kpi) => ({ ...kpi, ageMs: kpi.ageMs >>> 0 })) };
}

/** A number above 2⁵³ has lost its lowest bits, so the highest are mixed into them: `seed % 2n` must be chance. */
function toSeed(signed: number): bigint {
  const seed = BigInt.asUintN(64, BigInt(signed));
  return seed ^ (seed >> 32n);
}

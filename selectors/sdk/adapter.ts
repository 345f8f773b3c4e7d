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

const FORM_BY_FUNCTION = {
  score: {
    items: "verdicts",
    form: '{ tag: "score", val: NUMBER } or { tag: "reject", val: TEXT }',
    isItem: ({ tag, val }: Fields) =>
      tag === "score" ? typeof val === "number" : tag === "reject" && typeof val === "string",
  },
  select: {
    items: "choices",
    form: "{ candidate: POSITION, reason: TEXT }",
    isItem: ({ candidate, reason }: Fields) =>
      Number.isInteger(candidate) && Number(candidate) >= 0 && typeof reason === "string",
  },
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** What the author's function gave. @throws {Error} for another form, which would be a trap without a word. */
export function checkAnswer<Answer>(name: keyof typeof FORM_BY_FUNCTION, answer: Answer): Answer {
  const { items, form, isItem } = FORM_BY_FUNCTION[name];
  if (!Array.isArray(answer)) throw new Error(`${name} must return a list of ${items}, and no promise`);
  const at = answer.findIndex((item) => typeof item !== "object" || item === null || !isItem(item));
  if (at >= 0) throw new Error(`${items}[${at}] must be ${form}`);
  return answer;
}

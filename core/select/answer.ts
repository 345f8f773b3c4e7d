import * as z from "zod";
import { toFieldName } from "../spec/json.ts";
import type { ModuleResult } from "./outcome.ts";
import type { Choice, SelectionRequest, Verdict } from "./request.ts";

/** What is kept of a text where nobody says otherwise. */
export const REASON_BYTES = 128;

const score = z.object({ tag: z.literal("score"), val: z.number().min(0).max(1) });
const reject = z.object({ tag: z.literal("reject"), val: z.string() });
const verdicts = z.array(z.discriminatedUnion("tag", [score, reject]));
const choices = z.array(z.object({ candidate: z.number().int().min(0), reason: z.string() }));

/**
 * Holds a scorer's answer against the contract: one verdict a candidate, scores within 0 to 1.
 * @param reasonBytes of each reason are kept.
 */
export function checkVerdicts(
  answer: unknown,
  { candidates }: SelectionRequest,
  reasonBytes = REASON_BYTES,
): ModuleResult<readonly Verdict[]> {
  if (Array.isArray(answer) && answer.length !== candidates.length) {
    return badAnswer(`${answer.length} verdicts for ${candidates.length} candidates`);
  }
  const parsed = verdicts.safeParse(answer);
  if (!parsed.success) return badAnswer(describe(parsed.error, "verdicts"));
  const value = parsed.data.map((one) =>
    one.tag === "reject" ? { ...one, val: cleanReason(one.val, reasonBytes) } : one,
  );
  return { outcome: "ok", value };
}

/**
 * Holds a selector's answer against the contract: enough choices, each a candidate, none twice.
 * @param reasonBytes of each reason are kept.
 */
export function checkChoices(
  answer: unknown,
  { candidates, count }: SelectionRequest,
  reasonBytes = REASON_BYTES,
): ModuleResult<readonly Choice[]> {
  if (Array.isArray(answer) && answer.length > candidates.length) {
    return badAnswer(`${answer.length} choices among ${candidates.length} candidates`);
  }
  const parsed = choices.safeParse(answer);
  if (!parsed.success) return badAnswer(describe(parsed.error, "choices"));
  const indexes = parsed.data.map(({ candidate }) => candidate);
  const wanted = Math.min(count, candidates.length);
  if (indexes.length < wanted) return badAnswer(`${indexes.length} choices where ${wanted} are wanted`);
  const stray = indexes.find((index) => index >= candidates.length);
  if (stray !== undefined)
    return badAnswer(`choice ${stray} is out of range: there are ${candidates.length} candidates`);
  const twice = findTwice(indexes);
  if (twice !== undefined) return badAnswer(`candidate ${twice} is chosen twice`);
  return {
    outcome: "ok",
    value: parsed.data.map((one) => ({ ...one, reason: cleanReason(one.reason, reasonBytes) })),
  };
}

function findTwice(indexes: readonly number[]): number | undefined {
  const seen = new Set<number>();
  return indexes.find((index) => seen.size === seen.add(index).size);
}

/** What needs neither cleaning nor measuring: one byte a character. */
const PLAIN = /^[ -~]*$/;

/** Letters, digits, punctuation and symbols of any script, cut between characters: reasons end up in terminals. */
export function cleanReason(text: string, limitBytes = REASON_BYTES): string {
  if (text.length <= limitBytes && PLAIN.test(text)) return text;
  const clean = text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
  const { read } = new TextEncoder().encodeInto(clean, new Uint8Array(limitBytes));
  return clean.slice(0, read);
}

function badAnswer(detail: string): { outcome: "badAnswer"; detail: string } {
  return { outcome: "badAnswer", detail };
}

function describe({ issues }: z.ZodError, what: string): string {
  const [first] = issues;
  return `${toFieldName([what, ...(first?.path ?? [])])}: ${first?.message ?? "unreadable"}`;
}

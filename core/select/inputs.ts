import { createHash } from "node:crypto";
import type { Question } from "./question.ts";

/** A question as it is recorded. JSON has no 64-bit numbers, so its seed is decimal. */
export function formatQuestion({ request, selection, defaultNetwork, mayFail }: Question): string {
  return JSON.stringify({ ...request, seed: String(request.seed), selection, defaultNetwork, mayFail });
}

/** Digest of everything that a decision was made from, so that two decisions can be told to be the same. */
export function digestInputs(question: string): string {
  return `sha256:${createHash("sha256").update(question).digest("hex")}`;
}

import { createHash } from "node:crypto";
import type { Question } from "./question.ts";

/** Digest of everything that a decision was made from, so that two decisions can be told to be the same. */
export function digestInputs({ request, selection }: Pick<Question, "request" | "selection">): string {
  const text = JSON.stringify({ request: { ...request, seed: String(request.seed) }, selection });
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

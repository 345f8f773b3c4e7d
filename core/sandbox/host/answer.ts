import { cleanReason } from "../../select/answer.ts";
import { OUTCOMES } from "../../select/outcome.ts";
import { findJson } from "../../spec/json.ts";
import type { Answer } from "../wire/message.ts";

/** Reads what the guest process said; undefined when it isn't an answer. */
export function findAnswer(bytes: Uint8Array): Answer | undefined {
  return readAnswer(findJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()));
}

/**
 * Reads what came from where modules run, which is as little trusted as they are.
 * @returns undefined when it isn't an answer.
 */
export function readAnswer(said: unknown): Answer | undefined {
  if (typeof said !== "object" || said === null || !("outcome" in said)) return undefined;
  const outcome = OUTCOMES.find((known) => known === said.outcome);
  if (outcome === undefined) return undefined;
  if (outcome === "ok") return { outcome, value: "value" in said ? said.value : null };
  return {
    outcome,
    detail: "detail" in said && typeof said.detail === "string" ? cleanReason(said.detail) : "",
  };
}

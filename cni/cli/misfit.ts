import { findMisfit } from "../../core/wasm/component.ts";

/** Why genie can use a component neither as scorer nor as selector; undefined when it can as one of them. */
export function findMisfitAsAny(wasm: Uint8Array): string | undefined {
  const asScorer = findMisfit("scorer", wasm);
  const asSelector = findMisfit("selector", wasm);
  if (asScorer === undefined || asSelector === undefined) return undefined;
  return asScorer === asSelector ? asScorer : `as scorer: ${asScorer}; as selector: ${asSelector}`;
}

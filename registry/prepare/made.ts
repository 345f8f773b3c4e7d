import { GLUE } from "../../core/sandbox/message.ts";
import type { Records } from "../../core/sandbox/records.ts";
import { BinaryError, findLayer } from "../../core/wasm/binary.ts";
import { findUnfitName } from "../../core/wasm/names.ts";

/** The record that stands in the place of all others when nothing can be made of the component. */
export const REFUSAL = "refusal";

/** Of all records together: above what any module of 16 MiB becomes. */
export const MADE_LIMIT_BYTES = 64 * 2 ** 20;

/** Records that only guest processes read. */
const TOLD_TO_GUESTS: readonly string[] = [GLUE];

/** As jco names core modules. */
const CORE_NAME = /^module\.core\d{0,4}\.wasm$/;

/** What is wrong with what a transpiler's process made, which is as little trusted as the component; undefined when nothing is. */
export function findMadeFault(records: Records): string | undefined {
  if (!records.has(GLUE)) return "it has no glue";
  for (const [name, bytes] of records) {
    const fault = TOLD_TO_GUESTS.includes(name) ? undefined : findCoreFault(name, bytes);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findCoreFault(name: string, core: Uint8Array): string | undefined {
  if (!CORE_NAME.test(name)) return `a part of it is called ${name}`;
  if (findLayer(core) !== "module") return `${name} is not a core wasm module`;
  return findUnfit(core);
}

/** Names as characters that could be JavaScript. */
export function findUnfit(wasm: Uint8Array): string | undefined {
  try {
    const unfit = findUnfitName(wasm);
    return unfit === undefined ? undefined : `a name in it has characters that no name may have: ${unfit}`;
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
    return `it can't be read: ${error.message}`;
  }
}

import { GLUE } from "../../core/sandbox/wire/message.ts";
import type { Records } from "../../core/sandbox/wire/records.ts";
import { findCoreFault } from "../../core/wasm/component.ts";
import { formatFault } from "../../core/wasm/fault.ts";

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
    const fault = TOLD_TO_GUESTS.includes(name) ? undefined : findPartFault(name, bytes);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Looked at once more, as jco read it: had our reader missed a module, it would show here. */
function findPartFault(name: string, core: Uint8Array): string | undefined {
  if (!CORE_NAME.test(name)) return `a part of it is called ${name}`;
  const fault = findCoreFault(core);
  return fault && `${name}: ${formatFault(fault)}`;
}

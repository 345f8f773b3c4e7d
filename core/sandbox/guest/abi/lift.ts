import type { ModuleResult } from "../../../select/outcome.ts";
import type { Choice, ModuleKind, Verdict } from "../../../select/request.ts";
import type { GuestMemory } from "./memory.ts";
import type { TextFormat } from "./text.ts";

/** What an answer is read from, and how much of it. */
export interface Answered {
  readonly memory: GuestMemory;
  readonly text: TextFormat;
  /** The most items that the answer's list may have. */
  readonly maxItems: number;
  /** In UTF-16 units; what a text has beyond is left out. */
  readonly textLimit: number;
}

/** How an item of an answer lies in memory. */
interface ItemLayout {
  readonly sizeBytes: number;
  readonly alignment: number;
  load(answered: Answered, at: number): Verdict | Choice;
}

const ITEM_BY_KIND: Readonly<Record<ModuleKind, ItemLayout>> = {
  scorer: {
    sizeBytes: 16,
    alignment: 8,
    load({ memory, text, textLimit }, at) {
      const tag = memory.view.getUint8(at);
      if (tag === 0) return { tag: "score", val: memory.view.getFloat64(at + 8, true) };
      if (tag === 1) return { tag: "reject", val: text.load(memory, at + 8, textLimit) };
      throw new RangeError(`a verdict has the tag ${tag}`);
    },
  },
  selector: {
    sizeBytes: 12,
    alignment: 4,
    load({ memory, text, textLimit }, at) {
      return { candidate: memory.view.getUint32(at, true), reason: text.load(memory, at + 4, textLimit) };
    },
  },
};

/**
 * Reads `result<list<…>, string>` out of the module's memory. Every length is held against the limits before anything
 * is made of it.
 * @throws {RangeError} when it breaks the canonical ABI.
 */
export function liftAnswer(
  kind: ModuleKind,
  address: number,
  answered: Answered,
): ModuleResult<readonly (Verdict | Choice)[]> {
  const { memory, text, textLimit } = answered;
  memory.check(address, { sizeBytes: 12, alignment: 4, what: "the answer" });
  const tag = memory.view.getUint8(address);
  if (tag === 1) return { outcome: "error", detail: text.load(memory, address + 4, textLimit) };
  if (tag !== 0) throw new RangeError(`the answer has the tag ${tag}`);
  return { outcome: "ok", value: liftList(ITEM_BY_KIND[kind], address + 4, answered) };
}

function liftList(layout: ItemLayout, at: number, answered: Answered): readonly (Verdict | Choice)[] {
  const { memory, maxItems } = answered;
  const first = memory.view.getUint32(at, true);
  const length = memory.view.getUint32(at + 4, true);
  checkLength(length, maxItems);
  const { sizeBytes, alignment } = layout;
  memory.check(first, { sizeBytes: length * sizeBytes, alignment, what: "the list" });
  const items: (Verdict | Choice)[] = [];
  for (let i = 0; i < length; i++) items.push(layout.load(answered, first + i * sizeBytes));
  return items;
}

/** @throws {RangeError} when an answer's list is too long to make objects of. */
export function checkLength(length: number, maxItems: number): void {
  if (length > maxItems) throw new RangeError(`the list has ${length} items; ${maxItems} are the most`);
}

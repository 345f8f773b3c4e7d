import {
  type Attribute,
  type Candidate,
  type Kpi,
  PURPOSES,
  type SelectionRequest,
  type Verdict,
} from "../../../select/request.ts";
import type { GuestMemory } from "./memory.ts";
import { storeSpan, type TextFormat } from "./text.ts";

/** Where arguments are written to, and in which encoding. */
export interface Target {
  readonly memory: GuestMemory;
  readonly text: TextFormat;
}

/** What a module is asked; `verdicts` for a selector. */
export type Arguments = readonly [request: SelectionRequest, verdicts?: readonly Verdict[] | undefined];

/** How one type of world.wit lies in memory. */
interface Layout<T> {
  readonly sizeBytes: number;
  readonly alignment: number;
  store(target: Target, at: number, value: T): void;
}

const ATTRIBUTE: Layout<Attribute> = {
  sizeBytes: 16,
  alignment: 4,
  store({ memory, text }, at, { key, value }) {
    text.store(memory, at, key);
    text.store(memory, at + 8, value);
  },
};

const KPI: Layout<Kpi> = {
  sizeBytes: 24,
  alignment: 8,
  store({ memory, text }, at, { name, value, ageMs }) {
    text.store(memory, at, name);
    memory.view.setFloat64(at + 8, value, true);
    memory.view.setUint32(at + 16, ageMs, true);
  },
};

const CANDIDATE: Layout<Candidate> = {
  sizeBytes: 36,
  alignment: 4,
  store(target, at, { network, plugin, attributes, kpis, current }) {
    const { memory, text } = target;
    text.store(memory, at, network);
    text.store(memory, at + 8, plugin);
    storeList(target, at + 16, { items: attributes, layout: ATTRIBUTE });
    storeList(target, at + 24, { items: kpis, layout: KPI });
    memory.view.setUint8(at + 32, current ? 1 : 0);
  },
};

const VERDICT: Layout<Verdict> = {
  sizeBytes: 16,
  alignment: 8,
  store({ memory, text }, at, verdict) {
    memory.view.setUint8(at, verdict.tag === "score" ? 0 : 1);
    if (verdict.tag === "score") memory.view.setFloat64(at + 8, verdict.val, true);
    else text.store(memory, at + 8, verdict.val);
  },
};

const REQUEST: Layout<SelectionRequest> = {
  sizeBytes: 88,
  alignment: 8,
  store(target, at, { purpose, workload, candidates, count, settings, seed, extensions }) {
    const { memory, text } = target;
    memory.view.setUint8(at, PURPOSES.indexOf(purpose));
    text.store(memory, at + 4, workload.orchestrator);
    text.store(memory, at + 12, workload.namespace);
    text.store(memory, at + 20, workload.name);
    storeList(target, at + 28, { items: workload.labels, layout: ATTRIBUTE });
    storeList(target, at + 36, { items: workload.annotations, layout: ATTRIBUTE });
    text.store(memory, at + 44, workload.node);
    storeList(target, at + 52, { items: candidates, layout: CANDIDATE });
    memory.view.setUint32(at + 60, count, true);
    text.store(memory, at + 64, settings);
    memory.view.setBigUint64(at + 72, seed, true);
    storeList(target, at + 80, { items: extensions, layout: ATTRIBUTE });
  },
};

/**
 * Writes the arguments into the module's memory, as the canonical ABI has them when there are more than 16 flat ones:
 * one record of them. The order of allocations is jco's.
 * @returns its address.
 * @throws {RangeError} when the module gives no room for it.
 */
export function lowerArguments(target: Target, [request, verdicts]: Arguments): number {
  const sizeBytes = REQUEST.sizeBytes + (verdicts === undefined ? 0 : 8);
  const at = target.memory.allocate(sizeBytes, REQUEST.alignment);
  REQUEST.store(target, at, request);
  if (verdicts !== undefined) {
    storeList(target, at + REQUEST.sizeBytes, { items: verdicts, layout: VERDICT });
  }
  return at;
}

function storeList<T>(
  target: Target,
  at: number,
  { items, layout }: { readonly items: readonly T[]; readonly layout: Layout<T> },
): void {
  const first = target.memory.allocate(items.length * layout.sizeBytes, layout.alignment);
  let next = first;
  for (const item of items) {
    layout.store(target, next, item);
    next += layout.sizeBytes;
  }
  storeSpan(target.memory.view, at, [first, items.length]);
}

/** Our own passing of values beside jco's, over the same memory: any request arrives alike, any answer is read alike. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";
import { liftAnswer } from "../../core/sandbox/guest/abi/lift.ts";
import { type Arguments, lowerArguments } from "../../core/sandbox/guest/abi/lower.ts";
import { GuestMemory } from "../../core/sandbox/guest/abi/memory.ts";
import { TEXT_FORMATS } from "../../core/sandbox/guest/abi/text.ts";
import { evaluateGlue } from "../../core/sandbox/guest/evaluate-glue.ts";
import { type GlueModule, loadModule } from "../../core/sandbox/guest/loaded-module.ts";
import { LIFT } from "../../core/sandbox/wire/message.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import type { TextEncoding } from "../../core/wasm/lift.ts";
import { makeRequest } from "../fakes/request.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { transpile } from "../../registry/prepare/transpile.ts";

const MEMORY_BYTES = 2 ** 20;
const FREE = 4096;
const MAX_ITEMS = 8;
const TEXT_LIMIT = 64;

const CASES = (["scorer", "selector"] as const).flatMap((kind) =>
  (["utf8", "utf16"] as const).map((encoding) => ({ kind, encoding })),
);
const glueByCase = new Map<string, GlueModule>();

beforeAll(async () => {
  for (const { kind, encoding } of CASES) glueByCase.set(kind + encoding, await makeGlue(kind, encoding));
});

/** jco's glue for a component of this kind; what its core module does is of no account here. */
async function makeGlue(kind: ModuleKind, encoding: TextEncoding): Promise<GlueModule> {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), "utf8");
  const witSource = await read("../../selectors/wit/world.wit");
  const binary = await parse(await read(kind === "scorer" ? "trap.wat" : "too-few-choices.wat"));
  const embedded = await componentEmbed({ binary, witSource, world: kind, stringEncoding: encoding });
  const made = await transpile(await componentNew(embedded, []), TRANSPILING);
  if (made.outcome !== "ok") throw new Error(made.detail);
  const records = new Map(made.value);
  expect(records.delete(LIFT), "it has the plain shape").toBe(true);
  const loaded = loadModule({ kind, memoryBytes: MEMORY_BYTES, canWait: false }, records, evaluateGlue);
  if (loaded.outcome !== "ok" || loaded.value.way.by !== "glue") throw new Error("no glue");
  return loaded.value.way;
}

/** A core module written here: its allocator counts upwards, its answer is these bytes. */
function makeCore(answer: Uint8Array = new Uint8Array()) {
  const buffer = new ArrayBuffer(MEMORY_BYTES);
  new Uint8Array(buffer).set(answer, ANSWER_AT);
  let free = FREE;
  const state = { calledWith: -1 };
  const answering = (at: number): number => {
    state.calledWith = at;
    return ANSWER_AT;
  };
  const cabi_realloc = (...[, , alignment = 1, size = 0]: readonly number[]): number => {
    const address = Math.ceil(free / alignment) * alignment;
    free = address + size;
    return address;
  };
  const memory = { buffer, grow: () => 0 };
  const names = ["genie:selection/scoring@1.0.0#score", "genie:selection/selecting@1.0.0#select"];
  const exports = { memory, cabi_realloc, ...Object.fromEntries(names.map((name) => [name, answering])) };
  return { exports, state };
}

type Core = ReturnType<typeof makeCore>;
type Case = (typeof CASES)[number];

function callGlue({ kind, encoding }: Case, core: Core, args: Arguments): unknown {
  const glue = glueByCase.get(kind + encoding);
  const exports = glue?.instantiate(
    (name) => glue.coreByName.get(name),
    {},
    () => core,
  );
  const name = kind === "scorer" ? "scoring" : "selecting";
  const found = exports?.[name]?.[kind === "scorer" ? "score" : "select"];
  if (typeof found !== "function") throw new Error("no function");
  return Reflect.apply(found, undefined, args);
}

function lower({ encoding }: Case, { exports }: Core, args: Arguments): number {
  const memory = new GuestMemory({ ...exports, realloc: exports.cabi_realloc, watch: { inModule: false } });
  return lowerArguments({ memory, text: TEXT_FORMATS[encoding] }, args);
}

const text = fc.string({
  unit: fc.oneof(fc.constantFrom("a", "é", "🙂", "グ", "\ud83d", "\ude42"), fc.string({ unit: "binary" })),
});
const attributes = fc.array(fc.record({ key: text, value: text }), { maxLength: 3 });
const u32 = fc.nat(2 ** 32 - 1);
const request = fc.record({
  purpose: fc.constantFrom("attach" as const, "switch" as const, "simulate" as const),
  workload: fc.record({
    orchestrator: text,
    namespace: text,
    name: text,
    labels: attributes,
    annotations: attributes,
    node: text,
  }),
  candidates: fc.array(
    fc.record({
      network: text,
      plugin: text,
      attributes,
      kpis: fc.array(fc.record({ name: text, value: fc.double(), ageMs: u32 }), { maxLength: 3 }),
      current: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  count: u32,
  settings: text,
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  extensions: attributes,
});
const verdict = fc.oneof(
  fc.record({ tag: fc.constant("score" as const), val: fc.double() }),
  fc.record({ tag: fc.constant("reject" as const), val: text }),
);
const verdicts = fc.array(verdict, { maxLength: 4 });

const ANSWER_AT = 1024;
const ITEMS_AT = ANSWER_AT + 16;
const TEXTS_AT = ITEMS_AT + 16 * (MAX_ITEMS + 1);
const TEXTS_BYTES = 512;

/** Mostly what modules say; now and then a lie. */
const tag = fc.oneof({ arbitrary: fc.nat(1), weight: 20 }, fc.nat(255));
const textAt = fc.oneof(
  { arbitrary: fc.nat(40).map((more) => TEXTS_AT + 2 * more), weight: 20 },
  fc.constantFrom(TEXTS_AT + 1, MEMORY_BYTES - 2, MEMORY_BYTES, MEMORY_BYTES + 2, 2 ** 32 - 2),
);
const textLength = fc.oneof(
  { arbitrary: fc.nat(100), weight: 20 },
  fc.constantFrom(2 ** 20, 2 ** 31, 2 ** 32 - 1),
);
const itemsAt = fc.oneof(
  { arbitrary: fc.constant(ITEMS_AT), weight: 8 },
  fc.constantFrom(ITEMS_AT + 4, ITEMS_AT + 1, MEMORY_BYTES - 8, 2 ** 32 - 8),
);
const texts = fc.oneof(
  fc.uint8Array({ minLength: TEXTS_BYTES, maxLength: TEXTS_BYTES }),
  text.map((it) => Buffer.from(it.repeat(50)).subarray(0, TEXTS_BYTES)),
);

/** What may lie at ANSWER_AT when the module has answered. */
function answerOf({ kind }: Case): fc.Arbitrary<Uint8Array> {
  const items = fc.array(fc.tuple(tag, textAt, textLength), { minLength: MAX_ITEMS, maxLength: MAX_ITEMS });
  return fc
    .tuple(tag, itemsAt, fc.nat(MAX_ITEMS + 1), items, texts)
    .map(([first, at, length, list, rest]) => {
      const bytes = Buffer.alloc(TEXTS_AT - ANSWER_AT + TEXTS_BYTES);
      bytes.writeUInt8(first, 0);
      bytes.writeUInt32LE(at, 4);
      bytes.writeUInt32LE(length, 8);
      const itemBytes = kind === "scorer" ? 16 : 12;
      for (const [index, [itemTag, address, size]] of list.entries()) {
        const end = ITEMS_AT - ANSWER_AT + (index + 1) * itemBytes;
        bytes.writeUInt8(itemTag, end - itemBytes);
        bytes.writeUInt32LE(address, end - 8);
        bytes.writeUInt32LE(size, end - 4);
      }
      bytes.set(rest, TEXTS_AT - ANSWER_AT);
      return bytes;
    });
}

/** jco knows no limit, looks at no address of an empty list, and drops byte order marks. */
function isJudgedByJco(answer: Uint8Array): boolean {
  const length = answer[8] ?? 0;
  return length <= MAX_ITEMS && (length > 0 || answer[0] !== 0);
}

/** The answer or the error; "broken" when it breaks the canonical ABI. */
function lift({ kind, encoding }: Case, { exports }: Core): unknown {
  const memory = new GuestMemory({ ...exports, realloc: exports.cabi_realloc, watch: { inModule: false } });
  const answered = { memory, text: TEXT_FORMATS[encoding], maxItems: MAX_ITEMS, textLimit: TEXT_LIMIT };
  try {
    return cutTexts(liftAnswer(kind, ANSWER_AT, answered));
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return "broken";
  }
}

function liftThroughGlue(one: Case, core: Core): unknown {
  try {
    return cutTexts({ outcome: "ok", value: callGlue(one, core, [makeRequest(), []]) });
  } catch (error) {
    const isSaid = error instanceof Error && "payload" in error;
    return isSaid ? cutTexts({ outcome: "error", detail: error.payload }) : "broken";
  }
}

/** The same with U+FFFD for each half of a character; jco does that in UTF-8 alone. */
function toWellFormed<T>(value: T): T;
function toWellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map((item: unknown) => toWellFormed(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWellFormed(inner)]));
}

/** A character that is torn at the limit may be told in two ways. */
function cutTexts(value: unknown): unknown {
  const cut = (_: string, it: unknown) =>
    typeof it === "string" ? it.slice(0, TEXT_LIMIT).toWellFormed() : it;
  return JSON.parse(JSON.stringify(value, cut));
}

describe.each(CASES)("a $kind with $encoding strings", (one) => {
  test("sees the same bytes as through jco, whatever it is asked", () => {
    fc.assert(
      fc.property(request, verdicts, (asked, said) => {
        const args: Arguments = one.kind === "scorer" ? [asked] : [asked, said];
        const [theirs, ours] = [makeCore(), makeCore()];
        callGlue(one, theirs, toWellFormed(args));
        expect(lower(one, ours, args)).toBe(theirs.state.calledWith);
        expect(
          Buffer.compare(Buffer.from(ours.exports.memory.buffer), Buffer.from(theirs.exports.memory.buffer)),
        ).toBe(0);
      }),
    );
  });

  test("is understood as through jco, whatever its answer looks like", () => {
    const told = { ok: 0, error: 0, broken: 0 };
    fc.assert(
      fc.property(answerOf(one), (bytes) => {
        const core = makeCore(bytes);
        const [ours, theirs] = [lift(one, core), liftThroughGlue(one, core)];
        fc.pre(isJudgedByJco(bytes) && !JSON.stringify(ours).includes("\uFEFF"));
        expect(ours).toEqual(theirs);
        told[ours === "broken" ? ours : (Object(ours).outcome as "ok" | "error")] += 1;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(...Object.values(told)), JSON.stringify(told)).toBeGreaterThan(10);
  });
});

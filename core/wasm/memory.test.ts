import fc from "fast-check";
import { expect, test } from "vitest";
import { toLeb128 } from "./binary.ts";
import { capMemories } from "./memory.ts";

const PAGE_BYTES = 65_536;
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

type Limits = readonly [initial: number, maximum?: number];

/** A core module with these memories, the first exported as `memory`, and a custom section after them. */
function core(...memories: Limits[]): Uint8Array {
  const types = memories.flatMap(([initial, maximum]) =>
    maximum === undefined ? [0, ...toLeb128(initial)] : [1, ...toLeb128(initial), ...toLeb128(maximum)],
  );
  const content = [...toLeb128(memories.length), ...types];
  const exported = memories.length === 0 ? [] : [7, 10, 1, 6, ...Buffer.from("memory"), 2, 0];
  return Uint8Array.from([
    ...HEADER,
    5,
    ...toLeb128(content.length),
    ...content,
    ...exported,
    0,
    3,
    1,
    0x78,
    7,
  ]);
}

/** The pages that the engine lets the first memory grow to. */
function growFully(bytes: Uint8Array): number {
  const memory = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports["memory"];
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("no memory");
  for (;;) {
    try {
      memory.grow(1);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return memory.buffer.byteLength / PAGE_BYTES;
    }
  }
}

function capped(cores: Record<string, Uint8Array>, limitPages: number) {
  return capMemories(new Map(Object.entries(cores)), limitPages * PAGE_BYTES);
}

test.each<[string, Uint8Array, number]>([
  ["without a maximum gets the limit as its own", core([2]), 20],
  ["with a larger maximum gets the limit", core([2, 500]), 20],
  ["with a smaller maximum keeps it", core([2, 7]), 7],
  ["that starts at the limit can't grow", core([20]), 20],
])("the engine holds a memory %s", (_name, bytes, pages) => {
  const result = capped({ main: bytes }, 20);
  if (result.outcome !== "ok") throw new Error(result.detail);
  expect(growFully(result.value.get("main") ?? bytes)).toBe(pages);
});

test("several memories share what the initial sizes leave", () => {
  const result = capped({ a: core([4]), b: core([6]), none: core() }, 20);
  if (result.outcome !== "ok") throw new Error(result.detail);
  expect(["a", "b"].map((name) => growFully(result.value.get(name) ?? core()))).toEqual([9, 11]);
  expect([...result.value.keys()]).toEqual(["a", "b", "none"]);
});

test("initial sizes over the limit are the outcome memory, also when only their sum is", () => {
  const detail = "starts with 1.3125 MiB of memory; 1.25 are allowed";
  expect(capped({ a: core([21]) }, 20)).toEqual({ outcome: "memory", detail });
  expect(capped({ a: core([11]), b: core([10]) }, 20)).toEqual({ outcome: "memory", detail });
});

test.each([2, 3, 4, 5, 8])(
  "memory flags %i (shared, 64 bits or pages of another size) are refused",
  (flags) => {
    const bytes = Uint8Array.from([...HEADER, 5, 4, 1, flags, 1, 2]);
    expect(capped({ main: bytes }, 20)).toMatchObject({ outcome: "wrongWorld" });
  },
);

test("whatever the bytes, the outcome says it", () => {
  const sound = core([2], [3, 9]);
  const damaged = fc
    .tuple(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length))
    .map(([at, value, length]) => sound.with(at, value).subarray(0, length));
  fc.assert(
    fc.property(damaged, (main) => {
      expect(["ok", "memory", "wrongWorld"]).toContain(capped({ main }, 20).outcome);
    }),
    { numRuns: 2000 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { readMetadata } from "./metadata.ts";
import { inspectComponent } from "../wasm/component.ts";
import { METADATA_SECTION } from "../wasm/metadata-section.ts";
import { readEmbeddedMetadata, withMetadata } from "./embedded.ts";

const component = await makeComponent(SCORER);
const NOTHING = { kpis: { required: [], optional: [] }, labels: [], annotations: [] };
const near = { ...NOTHING, description: "near ä" };

/** A custom section of the least bytes. */
function custom(name: string, text: string): Uint8Array {
  const content = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([0, content.length]), content]);
}

test("a component has none", () => {
  expect(readEmbeddedMetadata(component)).toEqual({ faults: [] });
});

test("what is put in is found, and the component is the same otherwise", () => {
  const told = withMetadata(component, near);
  expect(readEmbeddedMetadata(told)).toEqual({ metadata: near, faults: [] });
  expect(inspectComponent(told)).toEqual(inspectComponent(component));
  expect(Buffer.from(told.subarray(0, component.length)).equals(component)).toBe(true);
});

test("it is replaced, not added to", () => {
  const twice = withMetadata(withMetadata(component, near), NOTHING);
  expect(readEmbeddedMetadata(twice)).toEqual({ metadata: NOTHING, faults: [] });
  expect(Buffer.from(twice).equals(withMetadata(component, NOTHING))).toBe(true);
});

test.each<[string, Uint8Array, string]>([
  [
    "two of them",
    Buffer.concat([component, custom(METADATA_SECTION, "{}"), custom(METADATA_SECTION, "{}")]),
    "is there more than once",
  ],
  ["no JSON", Buffer.concat([component, custom(METADATA_SECTION, "x")]), "is not JSON"],
  [
    "no UTF-8",
    Buffer.concat([component, Buffer.from([0, 14, 12]), Buffer.from(`${METADATA_SECTION}\xff`, "latin1")]),
    "is not JSON",
  ],
  ["another field", Buffer.concat([component, custom(METADATA_SECTION, '{"x":1}')]), 'unknown key "x"'],
  [
    "a torn file",
    Buffer.concat([component, Buffer.from([0, 100])]),
    "can't be found: the file has a length of",
  ],
])("%s is a fault", (_, bytes, fault) => {
  expect(readEmbeddedMetadata(bytes)).toEqual({ faults: [expect.stringContaining(fault)] });
});

test("a section of another kind is not meant, whatever it begins with", () => {
  const section = Buffer.from(custom(METADATA_SECTION, "{}"));
  section[0] = 7;
  expect(readEmbeddedMetadata(Buffer.concat([component, section]))).toEqual({ faults: [] });
});

test("another custom section and one inside a nested component don't count", () => {
  expect(readEmbeddedMetadata(Buffer.concat([component, custom("genie:other", "x")]))).toEqual({
    faults: [],
  });
  const inner = withMetadata(component, near);
  const nested = Buffer.concat([
    component,
    Buffer.from([4, (inner.length % 0x80) | 0x80, inner.length >> 7]),
    inner,
  ]);
  expect(readEmbeddedMetadata(nested)).toEqual({ faults: [] });
});

test("no bytes make it throw", () => {
  const told = Buffer.from(withMetadata(component, near));
  fc.assert(
    fc.property(fc.nat(told.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const flipped = Buffer.from(told);
      flipped[at] = byte;
      readEmbeddedMetadata(flipped);
    }),
  );
});

test("the name of a field doesn't decide in which order it is written", () => {
  const { metadata: one } = readMetadata('{"labels":["a"],"description":"d"}');
  const { metadata: other } = readMetadata('{"description":"d","labels":["a"]}');
  expect(withMetadata(component, one ?? NOTHING)).toEqual(withMetadata(component, other ?? NOTHING));
});

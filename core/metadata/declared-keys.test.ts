import { expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { readDeclaredKeys } from "./declared-keys.ts";
import { toLeb128 } from "../wasm/binary.ts";
import { MAX_METADATA_BYTES, METADATA_SECTION } from "../wasm/metadata-section.ts";

const component = await makeComponent(SCORER);

/** A component with this text as its metadata. */
function telling(text: string): Uint8Array {
  const content = Buffer.concat([
    Buffer.from([METADATA_SECTION.length]),
    Buffer.from(METADATA_SECTION),
    Buffer.from(text),
  ]);
  return Buffer.concat([component, Buffer.from([0, ...toLeb128(content.length)]), content]);
}

const TOLD = '{"labels":["tier"]}';

const many = (count: number) =>
  JSON.stringify({ labels: Array.from({ length: count }, (_, at) => `k${at}`) });

test.each<[string, Uint8Array, readonly [labels: number, annotations: number]]>([
  ["none without metadata", component, [0, 0]],
  ["those that it names", telling('{"labels":["tier","*"],"annotations":["zone"]}'), [2, 1]],
  ["those, whatever else is wrong", telling('{"labels":["tier"],"settings":{"pattern":1}}'), [1, 0]],
  ["those in 64 KiB", telling(TOLD.padEnd(MAX_METADATA_BYTES)), [1, 0]],
  ["none in more", telling(TOLD.padEnd(MAX_METADATA_BYTES + 1)), [0, 0]],
  ["32", telling(many(32)), [32, 0]],
  ["none of 33", telling(many(33)), [0, 0]],
  ["none when one is no key", telling('{"labels":["tier","a b"],"annotations":["zone"]}'), [0, 1]],
  ["none that holds a whole object", telling('{"annotations":["kapp.k14s.io/original"]}'), [0, 0]],
  ["none of what is no list", telling('{"labels":{"length":1},"annotations":"zone"}'), [0, 0]],
  ["none of no object", telling('["labels"]'), [0, 0]],
  ["none of no JSON", telling("{"), [0, 0]],
  [
    "none of what is there twice",
    Buffer.concat([telling(TOLD), telling(TOLD).subarray(component.length)]),
    [0, 0],
  ],
  ["none of a torn file", Buffer.concat([component, Buffer.from([0, 100])]), [0, 0]],
  ["none of another section", addNote(component, "genie:other"), [0, 0]],
])("%s", (_, bytes, counts) => {
  const { labels, annotations } = readDeclaredKeys(bytes);
  expect([labels.length, annotations.length]).toEqual(counts);
});

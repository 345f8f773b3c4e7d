/** What holds nothing, and is read nevertheless. */
import { expect, test } from "vitest";
import { around, component, repeat, section } from "../../../test/fakes/wasm-bytes.ts";
import { findFault } from "../component.ts";
import { type Bound, BOUNDS } from "./bounds.ts";

const END = 0x0b;
const of = (...sections: number[][]) => Uint8Array.from(component(...sections));

test.each<[Bound, string, (count: number) => Uint8Array]>([
  ["functions", "bodies of no function", (count) => around(section(10, ...repeat(count, [2, 0, END])))],
  ["items", "core instances out of nothing", (count) => of(section(2, ...repeat(count, [1, 0])))],
])("%s counts %s, too", (bound, _, make) => {
  const { most, what } = BOUNDS[bound];
  expect(findFault(make(most))).toBeUndefined();
  expect(findFault(make(most + 1))?.what).toBe(`has more than ${most} ${what}`);
});

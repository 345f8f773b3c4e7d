import { expect, test } from "vitest";
import {
  CNI_VERSIONS,
  findNewestServed,
  hasIpFamily,
  isAtLeast,
  isBeforeIpList,
  parseCniVersion,
} from "./versions.ts";

test.each(CNI_VERSIONS)("%s is served", (version) => expect(parseCniVersion(version)).toBe(version));

test.each(["", "1", "1.0", "v1.0.0", "1.0.0 ", "2.0.0", "0.0.1", "toString", "__proto__"])(
  "%j is refused, and the served ones are named",
  (version) => {
    expect(() => parseCniVersion(version)).toThrow(
      expect.objectContaining({ kind: "incompatibleVersion", details: `served: ${CNI_VERSIONS.join(", ")}` }),
    );
  },
);

test("the shape of a result changes with 0.3.0 and with 1.0.0", () => {
  expect(CNI_VERSIONS.filter(isBeforeIpList)).toEqual(["0.1.0", "0.2.0"]);
  expect(CNI_VERSIONS.filter(hasIpFamily)).toEqual(["0.3.0", "0.3.1", "0.4.0"]);
});

test("the served versions are ordered as they came", () => {
  for (const [at, version] of CNI_VERSIONS.entries()) {
    expect(CNI_VERSIONS.filter((least) => isAtLeast(version, least))).toEqual(CNI_VERSIONS.slice(0, at + 1));
  }
});

test.each([
  ["9.9.9", true],
  ["1.10.0", true],
  ["1.2", true],
  ["2", true],
  ["1.1", true],
  ["1.0.9", false],
  ["0.10.0", false],
  ["1", false],
  ["", false],
  ["v2.0.0", false],
  ["2.0.0.0", false],
  ["2.0.0\n", false],
  ["NaN", false],
])("%j is 1.1.0 or newer: %s", (version, is) => expect(isAtLeast(version, "1.1.0")).toBe(is));

test.each([
  [["0.4.0", "1.1.0", "1.0.0"], "1.1.0"],
  [["9.9.9", "0.3.1"], "0.3.1"],
  [["9.9.9", "1.0"], undefined],
  [[], undefined],
])("the newest served of %j is %s", (versions, newest) => expect(findNewestServed(versions)).toBe(newest));

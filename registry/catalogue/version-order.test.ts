import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions, isPreRelease, isVersion } from "./version-order.ts";

/** Source: https://semver.org, 11. */
const SORTED = [
  "edge",
  "0.9.0",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "v1.2",
  "1.9.0",
  "1.10.0",
  "2",
];

test("orders as semver does", () => {
  expect(SORTED.toReversed().toSorted(compareVersions)).toEqual(SORTED);
});

test("is an order", () => {
  const version = fc.stringMatching(/^v?[0-9]{1,2}(\.[0-9]{1,2}){0,2}(-[a-z0-9.]{1,5})?$/);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      expect(compareVersions(a, b) === 0).toBe(a === b);
    }),
  );
});

test.each([
  ["1.2.3", true, false],
  ["v2", true, false],
  ["1.2.3-rc.1", true, true],
  ["latest", false, false],
  [`sha256-${"a".repeat(64)}`, false, false],
])("%s", (tag, version, preRelease) => {
  expect([isVersion(tag), isPreRelease(tag)]).toEqual([version, preRelease]);
});

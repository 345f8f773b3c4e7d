import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPoolUse } from "../kpi/address-pool.ts";
import { areOverlapping, hasAddress, isInside, parseSubnet, toFirstUsable, toLastUsable } from "./subnet.ts";

test.each(["10.32.20.0/24", "10.0.0.0/8", "10.0.0.4/30", "fd00::/64", "0.0.0.0/0", "::/126"])(
  "%s is a subnet",
  (text) => expect(() => parseSubnet(text, "here")).not.toThrow(),
);

describe("what host-local would refuse is refused, with its place:", () => {
  test.each([
    ["10.0.0.0", 'here "10.0.0.0" is no subnet, such as 10.32.20.0/24'],
    ["10.0/16", 'here "10.0/16" is no subnet, such as 10.32.20.0/24'],
    ["010.0.0.0/8", 'here "010.0.0.0/8" is no subnet, such as 10.32.20.0/24'],
    ["10.0.0.0/33", 'here "10.0.0.0/33" is no subnet, such as 10.32.20.0/24'],
    ["10.0.0.0/8 ", 'here "10.0.0.0/8 " is no subnet, such as 10.32.20.0/24'],
    ["１0.0.0.0/8", 'here "１0.0.0.0/8" is no subnet, such as 10.32.20.0/24'],
    ["\u202e".repeat(65), `here "${"\\u202e".repeat(64)}" is no subnet, such as 10.32.20.0/24`],
    ["10.10.0.1/16", 'here "10.10.0.1/16" has bits of a host'],
    ["10.0.0.0/31", 'here "10.0.0.0/31" has no address for a pod beside the gateway\'s'],
    ["fd00::/127", 'here "fd00::/127" has no address for a pod beside the gateway\'s'],
  ])("%s", (text, message) =>
    expect(() => parseSubnet(text, "here")).toThrow(
      expect.objectContaining({ kind: "invalidConfig", message }),
    ),
  );

  test("the one that was probably meant is named", () => {
    expect(() => parseSubnet("10.10.3.1/16", "here")).toThrow(
      expect.objectContaining({ details: "did you mean 10.10.0.0/16?" }),
    );
  });
});

test.each([
  ["10.32.20.0/24", "10.32.0.0/16", true],
  ["10.32.0.0/16", "10.32.0.0/16", true],
  ["10.32.0.0/12", "10.32.0.0/16", false],
  ["10.33.0.0/24", "10.32.0.0/16", false],
  ["fd00:0:0:1::/64", "fd00::/48", true],
  ["fd00::/64", "0.0.0.0/0", false],
])("%s in %s: %s (the last but three is the admission webhook's bug)", (inner, outer, is) =>
  expect(isInside(inner, outer)).toBe(is),
);

test.each([
  ["10.10.0.0/16", "10.0.0.0/8", true],
  ["10.10.0.0/16", "10.10.3.7/32", true],
  ["10.10.0.0/16", "10.10.0.1/16", true],
  ["10.10.0.0/16", "10.11.0.0/16", false],
  ["10.10.0.0/16", "::/0", false],
])("%s and %s overlap: %s", (one, other, are) => {
  expect(areOverlapping(one, other)).toBe(are);
  expect(areOverlapping(other, one)).toBe(are);
});

test("the usable addresses are those that host-local gives and the gateway's", () => {
  const subnet = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 24 - 1 }), fc.integer({ min: 9, max: 30 }))
    .map(([base, prefix]) => {
      const start = (2 ** 24 * 10 + base) & ~(2 ** (32 - prefix) - 1);
      return `${[24, 16, 8, 0].map((bits) => (start >>> bits) & 255).join(".")}/${prefix}`;
    });
  fc.assert(
    fc.property(subnet, (text) => {
      expect(() => parseSubnet(text, "")).not.toThrow();
      const [rangeStart, rangeEnd] = [toFirstUsable(text), toLastUsable(text)];
      expect(hasAddress(text, rangeStart) && hasAddress(text, rangeEnd)).toBe(true);
      expect(findPoolUse({ subnet: text, rangeStart, rangeEnd }, [])).toEqual(
        findPoolUse({ subnet: text }, []),
      );
    }),
  );
});

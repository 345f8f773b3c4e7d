import { expect, test } from "vitest";
import { fitsAll } from "../../networks/label-terms.ts";
import { parseSelector } from "./selector.ts";

const labels = new Map([
  ["tenant", "a"],
  ["speed", "fast"],
  ["example.org/tier", ""],
]);

test.each<[string, boolean]>([
  ["", true],
  ["tenant=a", true],
  ["tenant==a, speed in (fast, faster)", true],
  [" tenant = a ,speed!=slow", true],
  ["tenant=b", false],
  ["tenant=a,speed=slow", false],
  ["tenant!=a", false],
  ["zone!=a", true],
  ["zone=", false],
  ["example.org/tier=", true],
  ["example.org/tier", true],
  ["zone", false],
  ["!zone", true],
  ["! tenant", false],
  ["speed notin (slow),tenant in (a)", true],
  ["zone notin (x)", true],
  ["speed notin (fast,slow)", false],
  ["speed in ()", false],
  ["toString", false],
])("NPWG 38: %j fits: %s", (text, expected) =>
  expect(fitsAll(parseSelector(text, "here"), labels)).toBe(expected),
);

test.each([
  ["tenant=a,=b", 10],
  ["tenant=a b", 1],
  ["speed in fast", 1],
  ["speed in (fast", 1],
  ["speed in (f*st)", 1],
  ["a>1", 1],
  ["tenant=a,,b", 10],
  ["ten ant", 1],
  ["-a", 1],
  [`${"a".repeat(64)}=b`, 1],
  ["tеnant=a", 1],
])("NPWG 38: %j is none", (text, character) => {
  expect(() => parseSelector(text, "here")).toThrow(
    expect.objectContaining({
      kind: "invalidConfig",
      message: `here: the selector is none at character ${character}`,
    }),
  );
});

test("NPWG 38: a selector is bounded", () => {
  expect(() => parseSelector(" ".repeat(1_025), "here")).toThrow("more than 1024 characters");
});

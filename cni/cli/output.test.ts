import { expect, test } from "vitest";
import { formatTable } from "./output.ts";

test("a table has columns as wide as their widest cell", () => {
  expect(
    formatTable([
      ["A", "B"],
      ["long", "x"],
    ]),
  ).toEqual(["A     B", "long  x"]);
});

test("a table may have more rows than a function takes arguments", () => {
  expect(formatTable(Array.from({ length: 200_000 }, () => ["a"]))).toHaveLength(200_000);
});

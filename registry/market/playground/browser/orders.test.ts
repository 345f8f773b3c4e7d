import { expect, test } from "vitest";
import { findSaid } from "./orders.ts";

test("what is said has a number and a text of some length", () => {
  expect(findSaid({ id: 1, text: "{}", more: true })).toEqual({ id: 1, text: "{}" });
});

test.each([
  undefined,
  null,
  7,
  "text",
  [],
  { id: 1 },
  { text: "{}" },
  { id: "1", text: "{}" },
  { id: 1, text: ["{}"] },
  { id: 1, text: "x".repeat(2 ** 20 + 1) },
])("%j is nothing that is said there", (message) => {
  expect(findSaid(message)).toBeUndefined();
});

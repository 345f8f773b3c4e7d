import { expect, test } from "vitest";
import { isObjectName } from "./object-name.ts";

test.each(["a", "web-1", "a.b-c.d", "1", "x".repeat(253)])("%s is a name of an object", (name) => {
  expect(isObjectName(name)).toBe(true);
});

test.each(["", "A", "a_b", "-a", "a-", ".a", "a.", "a..b", "a.-b", "../a", "a/b", "a\n", "x".repeat(254)])(
  "%j is none",
  (name) => {
    expect(isObjectName(name)).toBe(false);
  },
);

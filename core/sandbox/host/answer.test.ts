import { expect, test } from "vitest";
import { findAnswer } from "./answer.ts";

test.each([
  ["an object without text", '{"toString":1,"valueOf":1}'],
  ["a list as deep as a frame allows", `${"[".repeat(5e5)}${"]".repeat(5e5)}`],
  ["a number", "1"],
])("a detail that is %s counts as none", (_name, detail) => {
  const bytes = Buffer.from(`{"outcome":"trap","detail":${detail}}`);
  expect(findAnswer(bytes)).toEqual({ outcome: "trap", detail: "" });
});

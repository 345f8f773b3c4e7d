import { expect, test } from "vitest";
import { formatRepository, isRepository, parseRepository } from "./repository-name.ts";

test.each(["registry.example/team/scorer", "127.0.0.1:5000/a", "[::1]:5000/a/b"])("reads %s", (text) => {
  expect(formatRepository(parseRepository(text))).toBe(text);
});

test.each([
  "scorer",
  "registry.example/a:1",
  `registry.example/a@sha256:${"0".repeat(64)}`,
  "registry.example/",
  "",
])("refuses %s", (text) => {
  expect(isRepository(text)).toBe(false);
  expect(() => parseRepository(text)).toThrow(expect.objectContaining({ kind: "invalidReference" }));
});

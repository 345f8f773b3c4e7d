import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { DEFINITION_FILE, formatDefinition } from "./selection-policy.ts";

test("the definition of SelectionPolicy is what nodes read; `npm run docs` writes it", async () => {
  expect(await readFile(DEFINITION_FILE, "utf8")).toBe(formatDefinition());
});

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { formatModuleTypes, MODULE_TYPES, WORLD } from "./module-types.ts";

const wit = await readFile(WORLD, "utf8");

test("the types of modules in TypeScript are what world.wit says; `npm run docs` writes them", async () => {
  expect(await readFile(MODULE_TYPES, "utf8")).toBe(await formatModuleTypes(wit));
});

test("they tell of a field that world.wit gets", async () => {
  const more = wit.replace("current: bool,", "current: bool,\n    /// In bytes.\n    max-size: u32,");
  expect(await formatModuleTypes(more)).toContain("  /** In bytes. */\n  maxSize: number;\n");
});

test("every interface, type, field and case of world.wit has a comment", () => {
  const lines = wit.split("\n").filter((line) => !/^\s*(\}.*|use .*|export .*)?$/.test(line));
  const bare = lines.filter((line, at) => !line.includes("///") && lines[at - 1]?.includes("///") !== true);
  expect(lines.length).toBeGreaterThan(80);
  expect(bare).toEqual([]);
});

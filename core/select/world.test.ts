import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  FUNCTION_BY_KIND,
  INTERFACE_BY_KIND,
  INTERFACE_PREFIX,
  TYPES_INTERFACE,
  WORLD_VERSION,
} from "./world.ts";

const wit = await readFile(new URL("../../selectors/wit/world.wit", import.meta.url), "utf8");
const shortName = (name: string) => name.slice(INTERFACE_PREFIX.length);

test("package, version and types are those of world.wit", () => {
  expect(wit).toContain(`package ${INTERFACE_PREFIX.slice(0, -1)}@${WORLD_VERSION};`);
  expect(wit).toContain(`interface ${shortName(TYPES_INTERFACE)} {`);
});

test.each(["scorer", "selector"] as const)("a %s's interface and function are those of world.wit", (kind) => {
  const name = shortName(INTERFACE_BY_KIND[kind]);
  expect(wit).toMatch(new RegExp(`^interface ${name} +\\{.* ${FUNCTION_BY_KIND[kind]}: func\\(`, "m"));
  expect(wit).toMatch(new RegExp(`^world ${kind} +\\{ export types; export ${name}; \\}$`, "m"));
});

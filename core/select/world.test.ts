import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { KPIS } from "../kpi/names.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND, INTERFACE_PREFIX, TYPES_INTERFACE, SERVED } from "./world.ts";

const wit = await readFile(new URL("../../selectors/wit/world.wit", import.meta.url), "utf8");
const shortName = (name: string) => name.slice(INTERFACE_PREFIX.length);

test("package, version and types are those of world.wit", () => {
  const version = `${SERVED.major}.${SERVED.minor}.0`;
  expect(wit).toContain(`package ${INTERFACE_PREFIX.slice(0, -1)}@${version};`);
  expect(wit).toContain(`interface ${shortName(TYPES_INTERFACE)} {`);
});

test.each(["scorer", "selector"] as const)("a %s's interface and function are those of world.wit", (kind) => {
  const name = shortName(INTERFACE_BY_KIND[kind]);
  expect(wit).toMatch(
    new RegExp(`^interface ${name} \\{[^}]*\\};[^}]* ${FUNCTION_BY_KIND[kind]}: func\\(`, "m"),
  );
  expect(wit).toContain(`world ${kind} {\n  export types;\n  export ${name};\n}\n`);
});

test("the comments of world.wit name every KPI that the host measures", () => {
  for (const name of Object.keys(KPIS)) expect(wit).toContain(`\`${name}\``);
});

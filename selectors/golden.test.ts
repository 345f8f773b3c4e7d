/** The golden cases of the built-in modules, run through their components. See README.md for the short form. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { BUILTIN_MODULES } from "../cni/author/builtin.ts";
import { parseGoldenCases } from "../cni/author/golden/case.ts";
import { toExpected, toRequest, toVerdicts } from "../cni/author/golden/question.ts";
import { buildModule } from "../cni/author/module.ts";
import { loadComponent } from "../test/fakes/loaded-component.ts";

describe.each(BUILTIN_MODULES)("%s", async (name) => {
  const folder = path.join(import.meta.dirname, name);
  const { component, kind } = await buildModule({ file: path.join(folder, "module.ts") });
  const ask = await loadComponent(component, kind);
  const file = path.join(folder, "golden.json");
  const cases = parseGoldenCases(file, await readFile(file, "utf8"));

  test.each(cases)("$name", (golden) => {
    const expected = golden.error === undefined ? { ok: toExpected(golden) } : { error: golden.error };
    expect(ask(toRequest(golden), toVerdicts(golden))).toEqual(expected);
  });

  test("is small", () => {
    expect(component.byteLength).toBeLessThan(15_000);
  });
});

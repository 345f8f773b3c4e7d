/** The golden cases of the built-in modules, run through their components. See README.md for the short form. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { BUILTIN_MODULES } from "../cni/author/builtin.ts";
import { parseGoldenCases } from "../cni/author/golden/case.ts";
import type { GoldenCase } from "../core/golden/case.ts";
import { toExpected, toRequest, toVerdicts } from "../core/golden/question.ts";
import { buildModule } from "../cni/author/module.ts";
import { listSettingsFaults } from "../core/metadata/settings-faults.ts";
import { loadComponent } from "../test/fakes/loaded-component.ts";

/** The same case with no other KPIs than these. */
function withKpis(golden: GoldenCase, kept: readonly string[]): GoldenCase {
  const candidates = Object.entries(golden.candidates).map(([network, kpis]) => [
    network,
    Object.fromEntries(Object.entries(kpis).filter(([name]) => kept.includes(name))),
  ]);
  return { ...golden, candidates: Object.fromEntries(candidates) };
}

describe.each(BUILTIN_MODULES)("%s", async (name) => {
  const folder = path.join(import.meta.dirname, name);
  const { component, kind, metadata } = await buildModule({ file: path.join(folder, "module.ts") });
  const ask = await loadComponent(component, kind);
  const file = path.join(folder, "golden.json");
  const cases = parseGoldenCases(file, await readFile(file, "utf8"));
  const schema = metadata?.settings ?? {};
  const defaults = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    inner.default === undefined ? [] : [[key, inner.default]],
  );
  const withDefaults = (golden: GoldenCase): GoldenCase => ({
    ...golden,
    settings: { ...Object.fromEntries(defaults), ...golden.settings },
  });

  test.each(cases)("$name", (golden) => {
    const expected = golden.error === undefined ? { ok: toExpected(golden) } : { error: golden.error };
    expect(ask(toRequest(golden), toVerdicts(golden))).toEqual(expected);
    expect(ask(toRequest(withDefaults(golden)), toVerdicts(golden))).toEqual(expected);
  });

  test.each(cases)("its schema takes what it takes: $name", ({ settings, error }) => {
    expect(listSettingsFaults(schema, settings).length > 0).toBe(error !== undefined);
  });

  test("answers the same without what it doesn't declare, and otherwise without what it requires", () => {
    const { required = [], optional = [] } = metadata?.kpis ?? {};
    const changed = (kept: readonly string[]) =>
      cases.filter((golden) => {
        const bare = ask(toRequest(withKpis(golden, kept)), toVerdicts(golden));
        return !isDeepStrictEqual(bare, ask(toRequest(golden), toVerdicts(golden)));
      });
    expect(changed([...required, ...optional])).toEqual([]);
    for (const kpi of [...required, ...optional]) {
      const others = [...required, ...optional].filter((it) => it !== kpi);
      expect(changed(others), kpi).not.toEqual([]);
    }
  });

  test("is small", () => {
    expect(component.byteLength).toBeLessThan(15_000);
  });
});

/** The golden cases of the built-in modules, run through their components. See README.md for the short form. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { BUILTIN_MODULES } from "../cni/author/builtin.ts";
import { buildModule } from "../cni/author/module.ts";
import type { Choice, SelectionRequest, Verdict } from "../core/select/request.ts";
import { loadComponent } from "../test/fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../test/fakes/request.ts";

type ShortVerdicts = Readonly<Record<string, number | string>>;

interface Case {
  readonly name: string;
  readonly settings?: object;
  /** KPIs by network. */
  readonly candidates: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly verdicts?: ShortVerdicts;
  readonly answer?: ShortVerdicts | readonly (readonly [network: string, reason: string])[];
  readonly error?: string;
}

function toRequest({ candidates, settings = {} }: Case): SelectionRequest {
  return makeRequest({
    settings: JSON.stringify(settings),
    candidates: Object.entries(candidates).map(([network, kpis]) =>
      makeCandidate(network, {
        kpis: Object.entries(kpis).map(([name, value]) => ({ name, value, ageMs: 0 })),
      }),
    ),
  });
}

function toVerdicts(short: ShortVerdicts): Verdict[] {
  return Object.values(short).map((val) =>
    typeof val === "number" ? { tag: "score", val } : { tag: "reject", val },
  );
}

function toAnswer({ answer = [], candidates }: Case): Verdict[] | Choice[] {
  if (!Array.isArray(answer)) return toVerdicts(answer as ShortVerdicts);
  const networks = Object.keys(candidates);
  return answer.map(([network, reason]) => ({ candidate: networks.indexOf(network), reason }));
}

describe.each(BUILTIN_MODULES)("%s", async (name) => {
  const folder = path.join(import.meta.dirname, name);
  const { component, kind } = await buildModule({ file: path.join(folder, "module.ts") });
  const ask = await loadComponent(component, kind);
  const cases = JSON.parse(await readFile(path.join(folder, "golden.json"), "utf8")) as Case[];

  test.each(cases)("$name", (golden) => {
    const verdicts = golden.verdicts && toVerdicts(golden.verdicts);
    const expected = golden.error === undefined ? { ok: toAnswer(golden) } : { error: golden.error };
    expect(ask(toRequest(golden), verdicts)).toEqual(expected);
  });

  test("is small", () => {
    expect(component.byteLength).toBeLessThan(15_000);
  });
});

import { expect, test } from "vitest";
import { marketEntry } from "../../test/fakes/market-entry.ts";
import { goldenCase } from "../../core/golden/case.ts";
import type { ModuleContents } from "./module-contents.ts";
import { toTriedModule } from "./tried-module.ts";

const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at}`);
const all = <T>(keys: readonly string[], value: T) => Object.fromEntries(keys.map((key) => [key, value]));

test("golden cases that would take more sliders than a browser can show are left out", () => {
  const sizes = [
    [3, 4],
    [64, 8],
    [65, 1],
    [40, 60],
  ] as const;
  const cases = sizes.map(([networks, kpis]) =>
    goldenCase.parse({ name: `${networks}`, candidates: all(names(networks), all(names(kpis), 1)) }),
  );
  const contents: ModuleContents = {
    manifest: new Uint8Array(),
    component: new Uint8Array(),
    kind: "scorer",
    metadata: undefined,
    readme: undefined,
    cases,
    benchmark: undefined,
    signatures: [],
  };
  const tried = toTriedModule(marketEntry(), contents);
  expect(typeof tried === "object" && tried.cases.map(({ name }) => name)).toEqual(["3", "64"]);
});

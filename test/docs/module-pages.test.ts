import { expect, test } from "vitest";
import { BUILTIN_MODULES } from "../../cni/author/builtin.ts";
import { listModulePages } from "./module-pages.ts";

test("the pages of the built-in modules are what each module.json says; `npm run docs` writes them", async () => {
  const pages = await listModulePages();
  expect(pages).toHaveLength(1 + BUILTIN_MODULES.length);
  for (const { file, is, should } of pages) expect(is, file).toBe(should);
});

test("each page has a place for its settings and for its KPIs", async () => {
  const [, ...pages] = await listModulePages();
  for (const { file, is } of pages) {
    expect(is.match(/<!-- table: \w+ -->/g), file).toEqual([
      "<!-- table: settings -->",
      "<!-- table: kpis -->",
    ]);
  }
});

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { fillArtifactTables, REGISTRY_PAGE } from "./artifact-page.ts";

test("the tables of registry/README.md are what the code says; `npm run docs` writes them", async () => {
  const page = await readFile(REGISTRY_PAGE, "utf8");
  expect(page.match(/<!-- table: (annotations|documents) -->/g)).toHaveLength(2);
  expect(page).toBe(fillArtifactTables(page));
});

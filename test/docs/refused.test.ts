import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { AUTHORS_PAGE, fillRefused } from "./refused.ts";

test("the authors' page says what the check refuses; `npm run docs` writes it", async () => {
  const page = await readFile(AUTHORS_PAGE, "utf8");
  expect(page).toContain("<!-- table: refused -->");
  expect(page).toBe(fillRefused(page));
});

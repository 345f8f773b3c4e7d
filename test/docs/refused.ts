/** What no module may have, for its authors: made from the check itself. `npm run docs` writes it into their page. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { BOUNDS } from "../../core/wasm/check/bounds.ts";
import { CUSTOM_SECTIONS } from "../../core/wasm/check/custom.ts";
import { REFUSED_FEATURES } from "../../core/wasm/check/features.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { fillPlace, formatTable } from "./tables.ts";

export const AUTHORS_PAGE = path.join(CLONE_DIR, "selectors/README.md");

/** The page with its table filled anew. */
export function fillRefused(page: string): string {
  const bounds = Object.values(BOUNDS).map(({ most, what }) => `${most} ${what}`);
  const rows = [
    ["refused", "which"],
    ["features", Object.keys(REFUSED_FEATURES).join(", ")],
    ["more than", bounds.join("; ")],
    ["custom sections", `all but ${CUSTOM_SECTIONS.map((name) => `\`${name}\``).join(", ")}`],
    ["types", "of `score` and `select`, other than `world.wit` has them"],
    ["names", "with other characters than tools give them: letters, digits and punctuation of ASCII"],
  ];
  return fillPlace(page, "refused", formatTable(rows));
}

if (import.meta.main) await writeFile(AUTHORS_PAGE, fillRefused(await readFile(AUTHORS_PAGE, "utf8")));

/** The README's tables, made from the code. `npm run docs` writes them into the README. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseConfig } from "../../core/config.ts";
import { FAILURES } from "../../core/errors.ts";
import { KPIS } from "../../core/kpi/names.ts";
import { isJsonObject } from "../../core/spec/json.ts";
import { migration } from "./migration.ts";
import { CLONE_DIR } from "../setup/build.ts";

export const README = path.join(CLONE_DIR, "README.md");

export type Row = readonly string[];

const TABLES: Readonly<Record<string, () => readonly Row[]>> = { errors, kpis, config, migration };

function errors(): readonly Row[] {
  const rows = Object.entries(FAILURES).map(([kind, { code, todo }]) => [String(code), toWords(kind), todo]);
  return [["code", "what", "what to do"], ...rows];
}

function kpis(): readonly Row[] {
  const rows = Object.entries(KPIS).map(([name, { unit, better, meaning, from }]) => [
    `\`${name}\``,
    unit,
    better,
    meaning,
    from,
  ]);
  return [["KPI", "unit", "better", "meaning", "from"], ...rows];
}

/** Every key that has a default, read off the defaults themselves. */
function config(): readonly Row[] {
  const { genie } = parseConfig('{"cniVersion":"1.0.0","name":"genie","type":"genie"}');
  return [["key", "default"], ...listDefaults("genie", genie)];
}

function listDefaults(key: string, value: unknown): readonly Row[] {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  if (entries.length > 0) return entries.flatMap(([name, inner]) => listDefaults(`${key}.${name}`, inner));
  return [[`\`${key}\``, `\`${JSON.stringify(value)}\``]];
}

function toWords(kind: string): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A table of Markdown; the first row is its head. */
export function formatTable([head = [], ...rows]: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** The page with `<!-- table: NAME -->` … `<!-- end -->` filled anew. */
export function fillPlace(page: string, name: string, content: string): string {
  const place = new RegExp(`(<!-- table: ${name} -->\\n)[^]*?(?=<!-- end -->)`);
  return page.replace(place, (_, open: string) => `${open}${content}\n`);
}

/** The README with its tables filled anew. */
export function fillTables(readme: string): string {
  return Object.entries(TABLES).reduce(
    (text, [name, rows]) => fillPlace(text, name, formatTable(rows())),
    readme,
  );
}

if (import.meta.main) await writeFile(README, fillTables(await readFile(README, "utf8")));

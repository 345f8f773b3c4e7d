import { formatTable } from "./output.ts";
import { toLine } from "../../core/printable.ts";
import type { Shell } from "./shell.ts";

/** Longer than what is usual; each row is as wide as the widest. */
const MAX_CELL_LENGTH = 512;

/** A table with a heading. What its cells hold may come from anywhere. */
export function printTable(rows: readonly (readonly string[])[], shell: Shell): void {
  const cells = rows.map((row) => row.map((cell) => toLine(cell).slice(0, MAX_CELL_LENGTH)));
  const [heading = "", ...lines] = formatTable(cells);
  shell.printHeading(heading);
  for (const line of lines) shell.print(line);
}

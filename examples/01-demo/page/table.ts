import type { Paint, Style } from "./paint.ts";

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: "left" | "right";
}

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

const GAP = "  ";

/** The line of titles above the rows. */
export function toTitles(columns: readonly Column[], paint: Paint): string {
  const cells = columns.map(({ title }): Cell => ({ text: title, style: "dim" }));
  return toRow(columns, cells, paint);
}

/** One line of a table. Text that is too long for its column is cut, save in the last column. */
export function toRow(columns: readonly Column[], cells: readonly (Cell | string)[], paint: Paint): string {
  const painted = columns.map((column, index) => {
    const cell = cells[index] ?? "";
    const { text, style }: Cell = typeof cell === "string" ? { text: cell } : cell;
    const isLast = index === columns.length - 1;
    const fitted = isLast && column.align !== "right" ? text : fit(text, column);
    return style === undefined ? fitted : paint(style, fitted);
  });
  return painted.join(GAP).trimEnd();
}

function fit(text: string, { width, align = "left" }: Column): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return align === "right" ? cut.padStart(width) : cut.padEnd(width);
}

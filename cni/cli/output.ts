import { stripVTControlCharacters, styleText } from "node:util";
import type { Shell } from "./shell.ts";

const CLEAR_LINE = "\r\u001b[K";

/** The terminal of this process. Colour and progress only where a person watches; NO_COLOR is honoured. */
export function openShell(signal: AbortSignal): Shell & Disposable {
  const { stdout, stderr } = process;
  const clear = () => stderr.isTTY && stderr.write(CLEAR_LINE);
  return {
    signal,
    print: (line) => {
      clear();
      stdout.write(`${line}\n`);
    },
    warn: (message) => {
      clear();
      stderr.write(`${styleText("yellow", "warning:", { stream: stderr })} ${toLine(message)}\n`);
    },
    progress: (text) =>
      stderr.isTTY && stderr.write(`${CLEAR_LINE}${toLine(text).slice(0, stderr.columns - 1)}`),
    [Symbol.dispose]: clear,
  };
}

/** Columns as wide as their widest cell; the first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

export function formatHeading(line: string): string {
  return styleText("bold", line, { stream: process.stdout });
}

export function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`;
  return sizeBytes < 1e6 ? `${(sizeBytes / 1e3).toFixed(1)} kB` : `${(sizeBytes / 1e6).toFixed(1)} MB`;
}

/** Text from anywhere as one line that can't steer the terminal. */
export function toLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, " ")
    .trim();
}

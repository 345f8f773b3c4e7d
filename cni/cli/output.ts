import { styleText } from "node:util";
import { toJson, toLine } from "../../core/printable.ts";
import { ProgressLine } from "./progress-line.ts";
import type { Change, Shell } from "./shell.ts";

/** What needs no command line. */
type Terminal = Omit<Shell, "clientOptions">;

/** The terminal of this process. Colour and progress only where a person watches; NO_COLOR is honoured. */
export function openTerminal(signal: AbortSignal): Terminal & Disposable {
  const { stdout, stderr } = process;
  const line = stderr.isTTY ? new ProgressLine(stderr) : undefined;
  const clear = () => line?.clear();
  const write = (stream: NodeJS.WriteStream, line: string) => {
    clear();
    stream.write(`${line}\n`);
  };
  return {
    signal,
    print: (line) => write(stdout, toLine(line)),
    printHeading: (line) => write(stdout, styleText("bold", toLine(line), { stream: stdout })),
    printChange: (change) => write(stdout, formatChange(change)),
    printJson: (document) => write(stdout, toJson(document)),
    warn: (message) =>
      write(stderr, `${styleText("yellow", "warning:", { stream: stderr })} ${toLine(message)}`),
    quote: (line) => write(stderr, toLine(line)),
    progress: (text) => line?.show(text),
    meter: line,
    [Symbol.dispose]: clear,
  };
}

function formatChange({ place, old, now }: Change): string {
  const paint = (colour: "red" | "green", text: string): string =>
    styleText(colour, toLine(text), { stream: process.stdout });
  const head = `${toLine(place)}:`;
  if (old === now) return `${head} ${toLine(now)} (as it was)`;
  if (old === undefined) return `${head} added ${paint("green", now)}`;
  return `${head} ${paint("red", old)} → ${paint("green", now)}`;
}

/** Columns as wide as their widest cell; the first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

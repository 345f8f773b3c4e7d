import type { Paint } from "./paint.ts";
import { type Cell, type Column, toRow, toTitles } from "./table.ts";

const INDENT = "   ";

/** Something the page promises turned out untrue. The page says so itself and ends. */
export class BrokenPromiseError extends Error {
  override readonly name = "BrokenPromiseError";
}

/** Writes the demo's page line by line, and lets nothing stand there that wasn't checked. */
export class Page {
  readonly #write: (line: string) => void;
  readonly #paint: Paint;
  #chapter = 0;

  constructor(write: (line: string) => void, paint: Paint) {
    this.#write = write;
    this.#paint = paint;
  }

  title(name: string, subtitle: string): void {
    this.#write(`\n${INDENT}${this.#paint("bold", name)}  ${this.#paint("dim", subtitle)}`);
  }

  chapter(title: string): void {
    this.#chapter += 1;
    this.#write(`\n${this.#paint("bold", `${this.#chapter}  ${title}`)}`);
  }

  say(text: string): void {
    this.#write(`${INDENT}${text}`);
  }

  aside(text: string): void {
    this.#write(text === "" ? "" : `${INDENT}${this.#paint("dim", text)}`);
  }

  gap(): void {
    this.#write("");
  }

  titles(columns: readonly Column[]): void {
    this.#write(INDENT + toTitles(columns, this.#paint));
  }

  row(columns: readonly Column[], cells: readonly (Cell | string)[]): void {
    this.#write(INDENT + toRow(columns, cells, this.#paint));
  }

  /** Says something only if it is so. @throws {BrokenPromiseError} otherwise, with what was found instead. */
  promise(claim: string, isKept: boolean, found: unknown = ""): void {
    if (isKept) {
      this.#write(`${INDENT}${this.#paint("green", "✓")} ${claim}`);
      return;
    }
    this.#write(`${INDENT}${this.#paint("red", "✗")} ${claim}`);
    const instead = typeof found === "string" ? found : JSON.stringify(found);
    throw new BrokenPromiseError(`not so: ${claim}${instead === "" ? "" : ` (${instead})`}`);
  }
}

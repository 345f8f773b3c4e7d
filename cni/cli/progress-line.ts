import { toLine } from "../../core/printable.ts";
import type { TransferMeter } from "../../registry/client/meter.ts";
import { formatSize } from "../../registry/size.ts";

const CLEAR_LINE = "\r\u001b[K";
/** What is over sooner needs no bar. */
const PATIENCE_MS = 500;
const REDRAW_MS = 100;
const BAR_WIDTH = 20;

/** Of the transfers that go on at the same time, together. */
export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly elapsedMs: number;
}

/** The line at the bottom of a terminal that tells what goes on, and how far the transfers are. */
export class ProgressLine implements TransferMeter {
  readonly #stream: { write(text: string): unknown; readonly columns: number };
  readonly #nowMs: () => number;
  #text = "";
  #transfers = 0;
  #doneBytes = 0;
  #totalBytes = 0;
  #beganMs = 0;
  #drawnMs = 0;

  constructor(
    stream: { write(text: string): unknown; readonly columns: number },
    nowMs: () => number = () => performance.now(),
  ) {
    this.#stream = stream;
    this.#nowMs = nowMs;
  }

  show(text: string): void {
    this.#text = toLine(text);
    this.#draw();
  }

  clear(): void {
    this.#stream.write(CLEAR_LINE);
  }

  begin(totalBytes: number): Disposable {
    if (this.#transfers++ === 0) {
      [this.#doneBytes, this.#totalBytes] = [0, 0];
      this.#beganMs = this.#nowMs();
    }
    this.#totalBytes += totalBytes;
    return { [Symbol.dispose]: () => void this.#transfers-- };
  }

  moved(bytes: number): void {
    this.#doneBytes += bytes;
    const nowMs = this.#nowMs();
    if (nowMs - this.#beganMs < PATIENCE_MS || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#draw();
  }

  #draw(): void {
    const nowMs = this.#nowMs();
    this.#drawnMs = nowMs;
    const elapsedMs = nowMs - this.#beganMs;
    const isLong = this.#transfers > 0 && elapsedMs >= PATIENCE_MS;
    const progress = { doneBytes: this.#doneBytes, totalBytes: this.#totalBytes, elapsedMs };
    const line = isLong ? `${formatProgress(progress)}  ${this.#text}` : this.#text;
    this.#stream.write(`${CLEAR_LINE}${line.slice(0, this.#stream.columns - 1)}`);
  }
}

/** `██████░░░░░░░░░░░░░░ 3.6 MB of 12.0 MB, 1.2 MB/s` */
export function formatProgress({ doneBytes, totalBytes, elapsedMs }: Progress): string {
  const done = Math.min(doneBytes, totalBytes); // what is tried again, or an error's words, would count twice
  const filled = totalBytes === 0 ? BAR_WIDTH : Math.floor((done / totalBytes) * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const rate = formatSize(Math.round((doneBytes * 1000) / Math.max(1, elapsedMs)));
  return `${bar} ${formatSize(done)} of ${formatSize(totalBytes)}, ${rate}/s`;
}

import { beforeEach, expect, test } from "vitest";
import { formatProgress, ProgressLine } from "./progress-line.ts";

let nowMs: number;
let written: string[];
let line: ProgressLine;
beforeEach(() => {
  nowMs = 1_000;
  written = [];
  const stream = { columns: 60, write: (text: string) => written.push(text.replace("\r\u001b[K", "")) };
  line = new ProgressLine(stream, () => nowMs);
});

test.each([
  [{ doneBytes: 0, totalBytes: 2000, elapsedMs: 0 }, "░░░░░░░░░░░░░░░░░░░░ 0 B of 2.0 kB, 0 B/s"],
  [{ doneBytes: 500, totalBytes: 2000, elapsedMs: 1000 }, "█████░░░░░░░░░░░░░░░ 500 B of 2.0 kB, 500 B/s"],
  [{ doneBytes: 9000, totalBytes: 2000, elapsedMs: 500 }, "████████████████████ 2.0 kB of 2.0 kB, 18.0 kB/s"],
  [{ doneBytes: 0, totalBytes: 0, elapsedMs: 1 }, "████████████████████ 0 B of 0 B, 0 B/s"],
])("%j is %s", (progress, text) => {
  expect(formatProgress(progress)).toBe(text);
});

test("a transfer gets a bar once it is long, ten a second at most; another one beside it counts in", () => {
  line.show("pulling x …");
  {
    using _one = line.begin(1000);
    using _other = line.begin(3000);
    line.moved(1000);
    nowMs += 600;
    line.moved(500);
    nowMs += 50;
    line.moved(500);
    nowMs += 50;
    line.moved(1000);
  }
  line.show("preparing x …");
  expect(written).toEqual([
    "pulling x …",
    "███████░░░░░░░░░░░░░ 1.5 kB of 4.0 kB, 2.5 kB/s  pulling x ",
    "███████████████░░░░░ 3.0 kB of 4.0 kB, 4.3 kB/s  pulling x ",
    "preparing x …",
  ]);
});

test("the next transfer begins at nothing", () => {
  line.begin(1000)[Symbol.dispose]();
  nowMs += 5_000;
  using _next = line.begin(10);
  nowMs += 600;
  line.moved(5);
  expect(written).toEqual(["██████████░░░░░░░░░░ 5 B of 10 B, 8 B/s  "]);
});

test("what goes on can't steer the terminal, and is no longer than a line", () => {
  line.show(`\u001b[2J${"x".repeat(100)}\n`);
  expect(written).toEqual(["x".repeat(59)]);
});

import { expect, test } from "vitest";
import { toBar } from "./bar.ts";
import { BrokenPromiseError, Page } from "./page.ts";
import { type Paint, plain } from "./paint.ts";
import { toRow, toTitles } from "./table.ts";

const COLUMNS = [
  { title: "network", width: 7 },
  { title: "price", width: 5, align: "right" },
  { title: "why", width: 3 },
] as const;
const marked: Paint = (style, text) => `<${style}>${text}</>`;

test("columns stand under each other", () => {
  expect(toTitles(COLUMNS, plain)).toBe("network  price  why");
  expect(toRow(COLUMNS, ["blue", "0.40", "the cheapest"], plain)).toBe("blue      0.40  the cheapest");
});

test("text too long is cut, save in the last column", () => {
  expect(toRow(COLUMNS, ["turquoise", "1", "because"], plain)).toBe("turquo…      1  because");
});

test("a style surrounds the padded text", () => {
  expect(toRow(COLUMNS, [{ text: "blue", style: "blue" }, "1", ""], marked)).toBe("<blue>blue   </>      1");
});

test.each([
  [0, 5, "░░░░░░░░░░░░░░░  0 of 5"],
  [4, 5, "████████████░░░  4 of 5"],
  [1, 200, "█░░░░░░░░░░░░░░  1 of 200"],
  [5, 5, "███████████████  5 of 5"],
  [7, 5, "███████████████  7 of 5"],
  [0, 0, "░░░░░░░░░░░░░░░  0 of 0"],
])("%i of %i as a bar", (taken, size, bar) => expect(toBar(taken, size)).toBe(bar));

test("chapters are counted, and a kept promise is ticked", () => {
  const lines: string[] = [];
  const page = new Page((line) => lines.push(line), plain);
  page.chapter("A node");
  page.promise("it has three networks", true);
  page.chapter("Pods");
  expect(lines).toEqual(["\n1  A node", "   ✓ it has three networks", "\n2  Pods"]);
});

test("a broken promise ends the page with what was found", () => {
  const page = new Page(() => undefined, plain);
  const broken = () => page.promise("nothing is left", false, ["veth0"]);
  expect(broken).toThrow(new BrokenPromiseError('not so: nothing is left (["veth0"])'));
});

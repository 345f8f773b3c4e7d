import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";

function parse(path: string, value: unknown): unknown {
  const selection = path
    .split(".")
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value);
  return parseConfig(JSON.stringify({ name: "genie", type: "genie", genie: { selection } })).genie.selection;
}

test.each<[string, least: number, most: number]>([
  ["deadlineMs", 1, 10_000],
  ["shadowDeadlineMs", 1, 1_000],
  ["memoryMiB", 1, 256],
  ["circuit.failures", 1, 1_000],
  ["circuit.openMs", 100, 3_600_000],
  ["circuit.namespaces", 1, 1_000],
  ["limits.heapMiB", 32, 512],
  ["limits.moduleMiB", 1, 16],
  ["limits.answerKiB", 16, 16_384],
  ["limits.reasonBytes", 16, 240],
  ["limits.prepareMs", 100, 60_000],
  ["limits.loadMs", 10, 60_000],
])("%s is a whole number from %d to %d", (path, least, most) => {
  for (const value of [least, most]) expect(parse(path, value)).toHaveProperty(path, value);
  for (const value of [least - 1, most + 1, least + 0.5, `${least}`, null]) {
    expect(() => parse(path, value), String(value)).toThrow(`genie.selection.${path}: `);
  }
});

test("a misspelt limit is answered with the closest", () => {
  expect(() => parse("limits.heapMib", 96)).toThrow('unknown key "heapMib", did you mean "heapMiB"?');
});

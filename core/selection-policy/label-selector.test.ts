import { describe, expect, test } from "vitest";
import { labelSelector, selects } from "./label-selector.ts";

const labels = new Map([
  ["app", "web"],
  ["tier", ""],
]);
const isSelected = (selector: object) => selects(labelSelector.parse(selector), labels);
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

describe("a pod with app=web and an empty tier", () => {
  test.each<[string, object, boolean]>([
    ["everything", {}, true],
    ["its label", { matchLabels: { app: "web" } }, true],
    ["another value", { matchLabels: { app: "db" } }, false],
    ["one label of two", { matchLabels: { app: "web", zone: "a" } }, false],
    ["an empty value", { matchLabels: { tier: "" } }, true],
    ["an empty value of a label that it hasn't", { matchLabels: { zone: "" } }, false],
    ["In", expression("app", "In", "db", "web"), true],
    ["In, others", expression("app", "In", "db"), false],
    ["In, of a label that it hasn't", expression("zone", "In", ""), false],
    ["NotIn", expression("app", "NotIn", "db"), true],
    ["NotIn, its own", expression("app", "NotIn", "web"), false],
    ["NotIn, of a label that it hasn't", expression("zone", "NotIn", "a"), true],
    ["Exists", expression("tier", "Exists"), true],
    ["Exists, of a label that it hasn't", expression("toString", "Exists"), false],
    ["DoesNotExist", expression("zone", "DoesNotExist"), true],
    ["DoesNotExist, its own", expression("app", "DoesNotExist"), false],
    [
      "a label and an expression that doesn't hold",
      { matchLabels: { app: "web" }, ...expression("app", "DoesNotExist") },
      false,
    ],
  ])("%s", (_, selector, expected) => expect(isSelected(selector)).toBe(expected));
});

test.each([
  expression("a", "In"),
  expression("a", "Exists", "b"),
  expression("a", "Gt", "1"),
  expression("", "Exists"),
  { matchLabel: {} },
])("%j is no selector", (selector) => expect(labelSelector.safeParse(selector).success).toBe(false));

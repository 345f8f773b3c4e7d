import { expect, test } from "vitest";
import { parseReference } from "../../registry/reference.ts";
import { parseConfigFile } from "./config-file.ts";
import { applyPin, planAddition, planPins, planRepins } from "./pin-plan.ts";

const DIGEST = `sha256:${"a".repeat(64)}` as const;
const PINNED = `r.example/price@${DIGEST}`;

function makeConfig(selection: unknown) {
  return parseConfigFile("x.conf", JSON.stringify({ type: "genie", genie: { selection } }, null, 2));
}

const PRICE = parseReference("r.example/price:2");

test("finds every module, scorers first", () => {
  const config = makeConfig({
    selector: { module: "r.example/s:1" },
    scorers: [{ module: "r.example/a:1" }, { module: PINNED }],
  });
  expect(planPins(config).map(({ old }) => old)).toEqual(["r.example/a:1", PINNED, "r.example/s:1"]);
});

test("finds genie in a list of plugins, also one that only holds its block", () => {
  const block = { selection: { scorers: [{ module: PINNED }] } };
  for (const plugin of [
    { type: "genie", genie: block },
    { type: "genie-standalone", genie: block },
  ]) {
    const text = JSON.stringify({ name: "n", plugins: [{ type: "bridge" }, plugin] });
    expect(parseConfigFile("x.conflist", text).slots).toEqual([
      {
        owner: "x.conflist",
        at: ["plugins", 1, "genie", "selection", "scorers", 0, "module"],
        kind: "scorer",
        reference: PINNED,
        settings: {},
      },
    ]);
  }
});

test("repins the same repository and no other", () => {
  const config = makeConfig({
    scorers: [{ module: PINNED }, { module: "r.example/price2:1" }, { module: "q.example/price:1" }],
  });
  const [pin, ...others] = planRepins(config, PRICE);
  expect(others).toEqual([]);
  expect(pin).toMatchObject({ old: PINNED, reference: PRICE });
});

test.each([
  ["nothing", {}, { scorers: [{ module: PINNED, weight: 1 }] }],
  ["no scorers", { scorers: [] }, { scorers: [{ module: PINNED, weight: 1 }] }],
  [
    "a scorer",
    { scorers: [{ module: "r.example/a:1" }] },
    { scorers: [{ module: "r.example/a:1" }, { module: PINNED, weight: 1 }] },
  ],
])("adds a scorer to %s", (_, before, after) => {
  const config = makeConfig(before);
  const text = applyPin(config.text, planAddition(config, PRICE, "scorer"), PINNED);
  expect(JSON.parse(text)).toEqual({ type: "genie", genie: { selection: after } });
});

test("sets a selector where there is none, and only there", () => {
  const config = makeConfig({});
  const text = applyPin(config.text, planAddition(config, PRICE, "selector"), PINNED);
  expect(JSON.parse(text)).toMatchObject({ genie: { selection: { selector: { module: PINNED } } } });
  const taken = parseConfigFile("x.conf", text);
  expect(() => planAddition(taken, PRICE, "selector")).toThrow("x.conf has another selector");
});

test.each([
  ["{", "x.conf:1 is not JSON"],
  ["\uFEFF{}", "x.conf begins with a byte order mark"],
  ['{\n"a": 1\n"b"}', "x.conf:3 is not JSON"],
  ["[]", "has no plugin of type genie"],
  ['{"type":"bridge"}', "has no plugin of type genie"],
  ['{"type":"genie","genie":{"selection":{"scorers":[{}]}}}', "genie.selection.scorers[0].module is missing"],
  ['{"type":"genie","genie":{"selection":{"selector":"x"}}}', "genie.selection.selector.module is missing"],
])("%s is told by place", (text, why) => {
  expect(() => parseConfigFile("x.conf", text)).toThrow(why);
});

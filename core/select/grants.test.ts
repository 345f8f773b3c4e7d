import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { showWorkload, toGranted } from "./grants.ts";

const digest = `sha256:${"a".repeat(64)}`;
const parse = (selection: object) =>
  parseConfig(JSON.stringify({ name: "genie", type: "genie", genie: { selection } })).genie.selection;
const module = (more: object) => ({ module: `r/a@${digest}`, ...more });

const labels = new Map([
  ["tier", "gold"],
  ["app", "shop"],
  ["secret", "x"],
]);
const annotations = new Map([
  ["zone", "a"],
  ["blob", "x".repeat(1025)],
  ["full", "x".repeat(1024)],
]);

test("what any module is granted is in the question, once, in the order of the keys", () => {
  const selection = parse({
    scorers: [module({ labels: ["tier", "absent"] }), module({ labels: ["app", "tier"] })],
    selector: module({ annotations: ["zone"] }),
  });
  expect(toGranted({ labels, annotations }, selection)).toEqual({
    labels: [
      { key: "app", value: "shop" },
      { key: "tier", value: "gold" },
    ],
    annotations: [{ key: "zone", value: "a" }],
  });
});

test("by default nothing is granted", () => {
  expect(toGranted({ labels, annotations }, parse({ scorers: [module({})] }))).toEqual({
    labels: [],
    annotations: [],
  });
});

test("a value of more than 1024 bytes is not shown", () => {
  const selection = parse({ selector: module({ annotations: ["blob", "full"] }) });
  expect(toGranted({ labels, annotations }, selection).annotations.map(({ key }) => key)).toEqual(["full"]);
});

test("bytes count, and not characters", () => {
  const selection = parse({ selector: module({ annotations: ["short", "long"] }) });
  const texts = new Map([
    ["short", "ä".repeat(512)],
    ["long", "ä".repeat(513)],
  ]);
  const shown = toGranted({ labels: new Map(), annotations: texts }, selection).annotations;
  expect(shown.map(({ key }) => key)).toEqual(["short"]);
});

test("a module sees what it both declares and is granted", () => {
  const attribute = (key: string) => ({ key, value: key });
  const keys = ["both", "declared", "granted", "neither"].map(attribute);
  const workload = {
    orchestrator: "kubernetes",
    namespace: "shop",
    name: "web",
    node: "n1",
    labels: keys,
    annotations: keys,
  };
  const granted = { labels: ["both", "granted"], annotations: ["granted"] };
  const declared = { labels: ["both", "declared"], annotations: ["declared"] };
  expect(showWorkload(workload, granted, declared)).toEqual({
    ...workload,
    labels: [attribute("both")],
    annotations: [],
  });
  const open = { labels: ["*"], annotations: [] };
  expect(showWorkload(workload, granted, open).labels).toEqual(["both", "granted"].map(attribute));
  expect(showWorkload(workload, granted, undefined)).toEqual({ ...workload, labels: [], annotations: [] });
});

test.each([
  ["a whole object", ["kubectl.kubernetes.io/last-applied-configuration"], "holds a whole object"],
  ["every annotation", ["*"], "must be the key of a label or an annotation"],
  ["no key", ["a b"], "must be the key of a label or an annotation"],
  ["a key without an end", [`${"a".repeat(64)}`], "must be the key of a label or an annotation"],
])("%s can't be granted", (_, keys, message) => {
  expect(() => parse({ scorers: [module({ annotations: keys })] })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`genie.selection.scorers[0].annotations[0]: ${message}`),
    }),
  );
});

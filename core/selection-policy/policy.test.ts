import { describe, expect, test } from "vitest";
import { parseSelectionPolicy } from "./policy.ts";

const parse = (spec?: object) => parseSelectionPolicy({ metadata: { name: "p" }, spec });

test("a policy without a word is about every pod and changes nothing", () => {
  for (const spec of [undefined, {}]) expect(parse(spec)).toEqual({ name: "p", priority: 0, pods: {} });
});

test("the selection is read as in the node's configuration, with its defaults", () => {
  const module = `r/a@sha256:${"a".repeat(64)}`;
  const { selection } = parse({ selection: { scorers: [{ module }] } });
  expect(selection).toMatchObject({ scorers: [{ module, weight: 1, mode: "enforce" }], deadlineMs: 50 });
});

describe("what can't be read is named, and no part of it counts", () => {
  test.each<[string, object]>([
    ['spec: unknown key "priorty", did you mean "priority"?', { priorty: 1 }],
    ["spec.priority: ", { priority: 1.5 }],
    ["spec.pods.namespaces: ", { pods: { namespaces: [] } }],
    ["spec.pods.selector.matchExpressions[0].key: ", { pods: { selector: { matchExpressions: [{}] } } }],
    ["spec.networks.names[0]: must be a network", { networks: { names: ["a b"] } }],
    ["must be pinned by digest", { selection: { scorers: [{ module: "r/a:latest" }] } }],
    ["spec.grants[0].may[1]: ", { grants: [{ networks: ["*"], may: ["ips", "root"] }] }],
    ["spec.grants: ", { grants: [] }],
    ["spec.override: ", { override: "yes" }],
  ])("%s", (words, spec) => {
    const message = expect.stringContaining(words);
    expect(() => parse(spec)).toThrow(expect.objectContaining({ kind: "invalidConfig", message }));
  });

  test.each([undefined, null, [], {}, { metadata: null }, { metadata: { name: 5 } }])("%j", (object) => {
    expect(() => parseSelectionPolicy(object)).toThrow("a SelectionPolicy has no name");
  });
});

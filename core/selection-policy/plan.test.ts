import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeDefaultSelection } from "../select/selection-config.ts";
import { listNeeded } from "./applies.ts";
import { type FileRules, isAmong, planSelection } from "./plan.ts";
import { parseSelectionPolicy } from "./policy.ts";

const module = (letter: string) => `r/${letter}@sha256:${letter.repeat(64)}`;
const selection = (letter: string) => ({ scorers: [{ module: module(letter) }] });
const policy = (name: string, spec: object) => parseSelectionPolicy({ metadata: { name }, spec });
const grant = { namespaces: ["*"], networks: ["file"], may: [] };
const file: FileRules = { selection: makeDefaultSelection(), grants: [grant], overridable: true };
const pod = {
  namespace: "team-a",
  labels: new Map([["app", "web"]]),
  namespaceLabels: new Map([["tenant", "a"]]),
};
const plan = (policies: ReturnType<typeof policy>[], rules = file) => planSelection(policies, pod, rules);

test("without a policy, the file rules", () => {
  expect(plan([])).toEqual({
    selection: file.selection,
    grants: [grant],
    networks: undefined,
    override: false,
    policies: [],
  });
});

describe("a policy is about a pod", () => {
  const app = (value: string) => ({ selector: { matchLabels: { app: value } } });
  const tenant = (value: string) => ({ namespaceSelector: { matchLabels: { tenant: value } } });
  test.each<[string, object, boolean]>([
    ["any pod", {}, true],
    ["its namespace", { namespaces: ["other", "team-*"] }, true],
    ["another namespace", { namespaces: ["team"] }, false],
    ["its label", app("web"), true],
    ["another label", app("db"), false],
    ["its namespace's label", tenant("a"), true],
    ["another label of the namespace", tenant("b"), false],
    ["all three", { namespaces: ["team-a"], ...app("web"), ...tenant("a") }, true],
    ["two of three", { namespaces: ["team-a"], ...app("web"), ...tenant("b") }, false],
  ])("%s: %#", (_, pods, expected) => {
    expect(plan([policy("p", { pods })]).policies).toEqual(expected ? ["p"] : []);
  });

  test("and what has to be asked for is known", () => {
    const needed = (...pods: object[]) => listNeeded(pods.map((one) => policy("p", { pods: one })));
    expect(needed({ namespaces: ["a"] })).toEqual({ labels: false, namespaceLabels: false });
    expect(needed({}, app("web"))).toEqual({ labels: true, namespaceLabels: false });
    expect(needed(tenant("a"), {})).toEqual({ labels: false, namespaceLabels: true });
  });
});

describe("each part comes from the weightiest policy that has it", () => {
  test("of several", () => {
    const planned = plan([
      policy("all", { selection: selection("a"), networks: { names: ["red"] }, override: true }),
      policy("some", { priority: 5, networks: { names: ["blue"] } }),
      policy("few", { priority: 9, grants: [{ networks: ["blue"], may: ["ips"] }], override: false }),
      policy("others", { priority: 99, pods: { namespaces: ["b"] }, selection: selection("c") }),
    ]);
    expect(planned.policies).toEqual(["few", "some", "all"]);
    expect(planned.selection.scorers[0]?.module).toBe(module("a"));
    expect(planned.networks?.names).toEqual(["blue"]);
    expect(planned.grants).toEqual([{ namespaces: ["team-a"], networks: ["blue"], may: ["ips"] }]);
    expect(planned.override).toBe(false);
  });

  test("of equals, the first by name, in whatever order they come", () => {
    const policies = ["d", "b", "c"].map((name) => policy(name, { selection: selection(name) }));
    fc.assert(
      fc.property(fc.shuffledSubarray(policies, { minLength: 3 }), (shuffled) => {
        const planned = plan(shuffled);
        expect(planned.policies).toEqual(["b", "c", "d"]);
        expect(planned.selection.scorers[0]?.module).toBe(module("b"));
      }),
    );
  });
});

test("a file that may not be overridden keeps its modules and grants; which networks there are isn't its own", () => {
  const networks = { names: ["blue"] };
  const spec = { selection: selection("a"), grants: [{ networks: ["*"] }], networks, override: true };
  const planned = plan([policy("p", spec)], { ...file, overridable: false });
  expect(planned).toMatchObject({ selection: file.selection, grants: [grant], networks, override: true });
});

describe("a network is among those of the plan", () => {
  const blue = { name: "blue", labels: new Map([["zone", "a"]]) };
  const zone = (value: string) => ({ selector: { matchLabels: { zone: value } } });
  test.each<[string, object | undefined, boolean]>([
    ["all are", undefined, true],
    ["none is", {}, false],
    ["by name", { names: ["red", "b*"] }, true],
    ["another's name", { names: ["red"] }, false],
    ["by label", zone("a"), true],
    ["another's label", zone("b"), false],
    ["by name, though not by label", { names: ["blue"], ...zone("b") }, true],
  ])("%s", (_, networks, expected) => {
    const planned = plan([policy("p", networks === undefined ? {} : { networks })]);
    expect(isAmong(planned.networks, blue)).toBe(expected);
  });
});

import { describe, expect, test } from "vitest";
import { makeDefinition } from "../../test/fakes/cluster.ts";
import { parseConfig } from "../config.ts";
import type { NodeTarget } from "../intent/intent.ts";
import { listNetworks } from "../networks/candidates.ts";
import { restrict, toCounting, toRuled } from "./restrict.ts";

const config = parseConfig(
  JSON.stringify({
    name: "genie",
    type: "genie",
    genie: { networks: { green: { attributes: { zone: "a" } } }, globalNamespaces: ["infra"] },
  }),
);
const conf = (name: string) => ({ name: `10-${name}.conf`, text: JSON.stringify({ name, type: "bridge" }) });
const node = listNetworks(
  { files: ["blue", "green", "red"].map(conf), pluginFilesByNetwork: new Map() },
  config,
);
const only = (networks: object | undefined) => ({
  config,
  rules: { networks: networks as { names: string[] } | undefined, policies: ["p", "q"] },
});
const wish = (target: NodeTarget) => ({ from: 'annotation "cni", element 1', target, ifName: undefined });
const named = (network: string) => ({ wants: "named", network }) as const;
const any = { wants: "any", count: 1 } as const;
const offer = (target: NodeTarget) => ({ target, networks: node });
const left = (target: NodeTarget, networks: object | undefined) =>
  restrict(offer(target), wish(target), only(networks)).networks.networks.map(({ network }) => network.name);

describe("what is left", () => {
  const everything = ["blue", "green", "red"];
  const zone = { names: [], selector: { matchLabels: { zone: "a" }, matchExpressions: [] } };
  test.each<{ it: string; target: NodeTarget; of?: object; is: readonly string[] }>([
    { it: "all, without a rule", target: any, is: everything },
    { it: "the names of the rule", target: any, of: { names: ["b*", "red"] }, is: ["blue", "red"] },
    { it: "what the admin marks so", target: any, of: zone, is: ["green"] },
    { it: "the first of the rest", target: { wants: "first" }, of: { names: ["red"] }, is: ["red"] },
    { it: "a network that is named", target: named("red"), of: { names: ["red"] }, is: ["red"] },
    {
      it: "the default, which is the admin's word",
      target: { wants: "default", network: "blue" },
      of: { names: ["red"] },
      is: everything,
    },
    {
      it: "a name that nobody has, to be answered elsewhere",
      target: named("gren"),
      of: { names: ["red"] },
      is: everything,
    },
  ])("$it", ({ target, of, is }) => expect(left(target, of)).toEqual(is));

  describe("of an object of the cluster", () => {
    const having = (matchLabels: object) => ({ names: [], selector: { matchLabels, matchExpressions: [] } });
    const labels = new Map([["speed", "fast"]]);
    interface Of {
      readonly namespace?: string;
      readonly config?: object | string;
    }
    const restricted = (networks: object, { namespace = "shop", config = { type: "bridge" } }: Of) => {
      const definition = makeDefinition("own", config, { namespace, labels });
      const one = { ...node.networks[1], file: "own", definition } as (typeof node.networks)[0];
      const whole = { target: named("green"), networks: { networks: [one], skipped: [] } };
      return () => restrict(whole, wish(named("green")), only(networks)).networks.networks.length;
    };

    test.each<[string, object, Of]>([
      ["its namespace and name", { names: ["shop/own"] }, {}],
      ["its labels, where its namespace is global", having({ speed: "fast" }), { namespace: "infra" }],
      ["what the admin says of its network, where that is so", having({ zone: "a" }), { namespace: "infra" }],
      ["the network of the node, where it refers to one", { names: ["green"] }, { config: "" }],
      ["what the admin says of that", having({ zone: "a" }), { config: "" }],
    ])("%s counts", (_, networks, of) => expect(restricted(networks, of)()).toBe(1));

    test.each<[string, object, Of?]>([
      ["its name alone", { names: ["own"] }],
      ["the name in its configuration", { names: ["green"] }],
      ["the labels that its owner gives it", having({ speed: "fast" })],
      ["those, where it refers to a network of the node", having({ speed: "fast" }), { config: "" }],
      ["what the admin says of a network of the name in it", having({ zone: "a" })],
    ])("%s doesn't count", (_, networks, of = {}) =>
      expect(restricted(networks, of)).toThrow("don't give the pod network"),
    );
  });
});

test.each<[NodeTarget, string]>([
  [named("blue"), "don't give the pod network blue"],
  [named("10-blue"), "don't give the pod network blue"],
  [any, "don't give the pod as many as 1 of the networks"],
  [{ wants: "any", count: 2 }, "don't give the pod as many as 2 of the networks"],
  [{ wants: "first" }, "don't give the pod as many as 1 of the networks"],
])("%j is refused, and by whom is said", (target, words) => {
  const message = `annotation "cni", element 1: the cluster's rules ${words}`;
  const details = "SelectionPolicies about it: p, q";
  expect(() => left(target, { names: ["none"] })).toThrow(
    expect.objectContaining({ kind: "deniedByRule", message, details }),
  );
});

test("where the pod's words count for nothing, genie chooses", () => {
  const annotations = new Map([["k8s.v1.cni.cncf.io/networks", "red"]]);
  expect(toCounting(annotations, { override: false })).toBe(annotations);
  expect([...toCounting(annotations, { override: true })]).toEqual([["cni", ""]]);
});

test("the rules stand in the configuration in place of its own", () => {
  const grants = [{ namespaces: ["a"], networks: ["*"], may: [] }];
  const selection = { ...config.genie.selection, deadlineMs: 7 };
  expect(toRuled(config, { selection, grants }).genie).toEqual({ ...config.genie, selection, grants });
});

import { describe, expect, test } from "vitest";
import { makeCluster, makeDefinition } from "../../test/fakes/cluster.ts";
import { noPlugins } from "../../test/fakes/providing.ts";
import { makeSurroundings } from "../../test/fakes/surroundings.ts";
import { parseConfig } from "../config.ts";
import type { Wish } from "../intent/intent.ts";
import { parseSelector } from "../intent/npwg/selector.ts";
import { offerNetworks } from "./offer.ts";

const macvlan = { cniVersion: "1.0.0", type: "macvlan", capabilities: { mac: true } };
const fast = (name: string, config: object | string = macvlan, more: object = {}) =>
  makeDefinition(name, config, { labels: new Map([["speed", "fast"]]), ...more });
const FOR_ALL = new Map([["cni-genie.github.io/allowed-namespaces", "*"]]);
const cluster = makeCluster({
  definitions: [
    fast("blue"),
    fast("green"),
    makeDefinition("slow", macvlan),
    fast("plain", { type: "bridge" }),
    fast("broken", "{"),
    fast("twin", { ...macvlan, name: "blue" }),
    fast("far", macvlan, { namespace: "infra" }),
    fast("a-secret", macvlan, { namespace: "ops" }),
    fast("b-secret", "{", { namespace: "ops" }),
    fast("c-for-all", { ...macvlan, name: "a-secret" }, { namespace: "ops", annotations: FOR_ALL }),
  ],
});

interface Case {
  readonly selector?: string;
  readonly namespace?: string;
  readonly count?: number;
  readonly more?: Partial<Wish>;
  readonly used?: readonly string[];
  readonly genie?: object;
  readonly isAlone?: boolean;
}

async function offer({
  selector = "speed=fast",
  namespace = "shop",
  count = 1,
  more,
  used = [],
  genie = {},
  isAlone,
}: Case) {
  const target = { wants: "labelled", namespace, terms: parseSelector(selector, ""), count } as const;
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie }));
  const around = { ...makeSurroundings(config), used: new Set(used) };
  const signal = new AbortController().signal;
  const ports = { ...noPlugins, cluster: isAlone === true ? undefined : cluster, signal };
  return await offerNetworks({ from: "here", target, ifName: undefined, ...more }, around, ports);
}
const names = async (given: Case) =>
  (await offer(given)).networks.networks.map(({ network }) => network.name);

describe("NPWG 38: the networks among which genie chooses", () => {
  test("have the labels, can be used, and are told apart by their names", async () => {
    const { target, networks } = await offer({ count: 2 });
    expect(target).toEqual({ wants: "any", count: 2 });
    expect(networks.networks.map(({ network }) => network.name)).toEqual(["blue", "green", "plain"]);
    expect(networks.skipped).toEqual([
      {
        file: "shop/broken",
        reason: "NetworkAttachmentDefinition shop/broken: spec.config is not the text of a JSON object",
      },
      {
        file: "shop/twin",
        reason:
          "NetworkAttachmentDefinition shop/twin: network blue is described by NetworkAttachmentDefinition shop/blue already",
      },
    ]);
  });

  test.each<[string, Case, string[]]>([
    ["are all of the namespace, without a selector", { selector: "" }, ["blue", "green", "plain", "slow"]],
    ["are those of the namespace that is named", { namespace: "infra" }, ["far"]],
    ["can do what is asked", { more: { asks: { mac: "02:00:00:00:00:01" } } }, ["blue", "green"]],
    ["are others than the pod has already", { used: ["blue", "plain"] }, ["green"]],
    [
      "are all of them where too few are others",
      { used: ["blue", "plain"], count: 2 },
      ["blue", "green", "plain"],
    ],
    [
      "are granted",
      { genie: { grants: [{ namespaces: ["shop"], networks: ["shop/gr*"], may: [] }] } },
      ["green"],
    ],
  ])("%s", async (_, given, expected) => expect(await names(given)).toEqual(expected));

  const isolated = { genie: { namespaceIsolation: true } };
  test.each<[string, Case, object]>([
    [
      "have the labels",
      { selector: "speed=none" },
      {
        kind: "unknownNetwork",
        message: "here: namespace shop has no NetworkAttachmentDefinition with the labels",
        details: "",
      },
    ],
    [
      "are there, without a cluster",
      { isAlone: true, selector: "" },
      {
        kind: "unknownNetwork",
        message: "here: namespace shop has no NetworkAttachmentDefinition",
        details: 'the configuration of genie has no block "kubernetes"',
      },
    ],
    [
      "are of a namespace that the pod may use",
      { namespace: "infra", ...isolated },
      {
        kind: "deniedByRule",
        message: "here: namespaces are isolated: pods of namespace shop may not use those of infra",
        details: "",
      },
    ],
    ["can do what is asked", { more: { asks: { ips: ["10.0.0.1"] } } }, { kind: "noCandidate" }],
    [
      "are as many as are asked for",
      { count: 4 },
      { kind: "noCandidate", message: "here: 4 networks are asked for, and 3 can serve" },
    ],
    [
      "are as many, and those that aren't for it aren't named",
      { namespace: "ops", count: 2, ...isolated },
      { kind: "noCandidate", message: "here: 2 networks are asked for, and 1 can serve", details: "" },
    ],
  ])("and none fails the pod: %s", async (_, given, failure) => {
    await expect(offer(given)).rejects.toMatchObject(failure);
  });
});

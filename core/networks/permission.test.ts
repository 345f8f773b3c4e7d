import { describe, expect, test } from "vitest";
import { makeDefinition } from "../../test/fakes/cluster.ts";
import { parseConfig } from "../config.ts";
import { parseNetwork } from "../spec/network.ts";
import type { GrantField } from "./grant-config.ts";
import { findDenial } from "./permission.ts";

interface Case {
  readonly genie?: object;
  /** Of the pod. */
  readonly namespace?: string;
  /** Of the object; none: the network is one of the conf folder. */
  readonly owner?: string;
  readonly allowed?: string;
  /** The object leaves it to a file of the node. */
  readonly isOnDisk?: boolean;
  readonly fields?: readonly GrantField[];
}

function judge({
  genie = {},
  namespace = "shop",
  owner,
  allowed,
  isOnDisk = false,
  fields = [],
}: Case): string | undefined {
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie }));
  const annotations = new Map(
    allowed === undefined ? [] : [["cni-genie.github.io/allowed-namespaces", allowed]],
  );
  const one = {
    file: "10-blue.conf",
    network: parseNetwork('{"name":"blue","type":"bridge"}'),
    ...(owner !== undefined && {
      definition: makeDefinition("blue", isOnDisk ? "" : { type: "bridge" }, {
        namespace: owner,
        annotations,
      }),
    }),
  };
  const pod = { namespace, name: "web", uid: "u1" };
  return findDenial(one, fields, { pod, rules: config.genie });
}

describe("NPWG 35: namespaces", () => {
  const isolated = { namespaceIsolation: true };
  test.each<[string, Case, boolean]>([
    ["may use each other's objects", { owner: "infra" }, true],
    ["may not, once isolated", { owner: "infra", genie: isolated }, false],
    ["may use their own then", { owner: "shop", genie: isolated }, true],
    ["may use the namespace `default` then", { owner: "default", genie: isolated }, true],
    [
      "may use global ones then",
      { owner: "infra", genie: { ...isolated, globalNamespaces: ["infra"] } },
      true,
    ],
    [
      "may not use `default` when it isn't global",
      { owner: "default", genie: { ...isolated, globalNamespaces: [] } },
      false,
    ],
    ["may use networks of the node then", { genie: isolated }, true],
    ["are let in by the object", { owner: "infra", genie: isolated, allowed: "ops, sh*" }, true],
    ["are kept out by the object", { owner: "infra", allowed: "ops" }, false],
    ["are kept out by an empty list", { owner: "infra", allowed: "" }, false],
    [
      "are kept out of a global namespace by its object",
      { owner: "default", genie: isolated, allowed: "ops" },
      false,
    ],
    ["aren't kept out of their own", { owner: "shop", allowed: "ops" }, true],
  ])("%s", (_, given, expected) => expect(judge(given) === undefined).toBe(expected));
});

describe("NPWG 35: grants", () => {
  const grants = [
    { namespaces: ["shop"], networks: ["bl*"], may: ["ips"] },
    { namespaces: ["sh*"], networks: ["blue"], may: ["mac"] },
  ];
  test.each<[string, Case, string | undefined]>([
    ["aren't needed where there are none", { fields: ["ips", "default-network"] }, undefined],
    ["add up", { genie: { grants }, fields: ["ips", "mac"] }, undefined],
    [
      "are for namespaces",
      { genie: { grants }, namespace: "ops" },
      "namespace ops has no grant for network blue",
    ],
    [
      "are for networks",
      { genie: { grants: [{ ...grants[0], networks: ["red"] }] } },
      "namespace shop has no grant for network blue",
    ],
    [
      "are for fields",
      { genie: { grants }, fields: ["ips", "deviceID"] },
      "deviceID: namespace shop has no grant for this field of network blue",
    ],
    [
      "are for the default network",
      { genie: { grants }, fields: ["default-network"] },
      "default-network: namespace shop has no grant for this field of network blue",
    ],
    [
      "are about an object by its namespace and name",
      {
        genie: { grants: [{ namespaces: ["shop"], networks: ["infra/bl*"], may: ["mac"] }] },
        owner: "infra",
        fields: ["mac"],
      },
      undefined,
    ],
    [
      "for a network of the node are for no object of that name",
      { genie: { grants }, owner: "evil" },
      "namespace shop has no grant for network evil/blue",
    ],
    [
      "for every network of the node are for no object",
      { genie: { grants: [{ namespaces: ["*"], networks: ["*"] }] }, owner: "shop" },
      "namespace shop has no grant for network shop/blue",
    ],
    [
      "for a network of the node hold where an object refers to it",
      { genie: { grants }, owner: "infra", isOnDisk: true, fields: ["mac"] },
      undefined,
    ],
    [
      "aren't needed by what keeps the cluster alive",
      { genie: { grants }, namespace: "kube-system", fields: ["mac"] },
      undefined,
    ],
  ])("%s", (_, given, expected) => expect(judge(given)).toBe(expected));
});

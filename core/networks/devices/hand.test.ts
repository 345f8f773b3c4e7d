import { describe, expect, test } from "vitest";
import { makeDefinition } from "../../../test/fakes/cluster.ts";
import type { Wish } from "../../intent/intent.ts";
import { parseNetwork } from "../../spec/network.ts";
import type { NodeNetwork } from "../candidates.ts";
import { openHand } from "./hand.ts";

const given = {
  source: "/checkpoint",
  hasKubelet: true,
  ownByResource: new Map([
    ["a/vf", ["d1", "d2"]],
    ["a/gpu", ["g1"]],
  ]),
  allByResource: new Map([
    ["a/vf", new Set(["d0", "d1", "d2"])],
    ["a/gpu", new Set(["g1"])],
    ["a/other", new Set(["x1"])],
  ]),
};

/** A network whose definition has this resource. */
function of(resource: string | undefined, name = "net", more: object = {}): NodeNetwork {
  const annotations = new Map(
    resource === undefined ? [] : [["k8s.v1.cni.cncf.io/resourceName", resource] as const],
  );
  const network = parseNetwork(JSON.stringify({ cniVersion: "1.0.0", name, type: "one", ...more }));
  return { file: `NAD ${name}`, network, definition: makeDefinition(name, {}, { annotations }) };
}

interface Asked {
  readonly networks: readonly NodeNetwork[];
  /** How many of them it gets. */
  readonly count?: number;
  readonly deviceId?: string;
}

/** The devices of each wish's networks; what `fit` leaves is the ranking. */
async function deal(asked: readonly Asked[], devices = given) {
  let reads = 0;
  const hand = openHand(
    { namespace: "shop", name: "web", uid: "u1" },
    { podDevices: async () => ((reads += 1), devices) },
  );
  const plan = [];
  for (const [at, { networks, count, deviceId }] of asked.entries()) {
    const target =
      count === undefined ? { wants: "named" as const, network: "net" } : { wants: "any" as const, count };
    const wish: Wish = { from: `element ${at + 1}`, target, ifName: undefined, asks: { deviceId } };
    const offer = await hand.fit({ target, networks: { networks, skipped: [] } }, wish);
    const ifNames = Array.from({ length: count ?? 1 }, (_, one) => `net${one}`);
    plan.push({ wish, ifNames, networks: offer.networks.networks });
  }
  const dealt = await hand.handOut(plan);
  return {
    reads,
    devices: dealt.map(({ networks }) => networks.map(({ deviceId }) => deviceId)),
    names: dealt.map(({ networks }) => networks.map(({ network }) => network.name)),
  };
}

const vf = of("a/vf");

describe("NPWG 21: a pod's networks get its devices", () => {
  test.each<[string, readonly Asked[], (string | undefined)[][]]>([
    [
      "the nth of a resource, the nth device",
      [{ networks: [vf] }, { networks: [of("a/gpu")] }, { networks: [vf] }],
      [["d1"], ["g1"], ["d2"]],
    ],
    ["the named one", [{ networks: [vf] }, { networks: [vf], deviceId: "d1" }], [["d2"], ["d1"]]],
    [
      "its own without a resource",
      [{ networks: [of(undefined)], deviceId: "d2" }, { networks: [vf] }],
      [["d2"], ["d1"]],
    ],
    ["none without a resource", [{ networks: [of(undefined)] }, { networks: [vf] }], [[undefined], ["d1"]]],
    ["none of a resource without a device plugin", [{ networks: [of("br.io/br1")] }], [[undefined]]],
    ["several at once", [{ networks: [vf, of("a/vf", "two")], count: 2 }], [["d1", "d2"]]],
    [
      "none that another has, who stands in for one of several",
      [{ networks: [vf, of("a/vf", "two"), of("a/vf", "three")], count: 2 }],
      [["d1", "d2"]],
    ],
    [
      "the same, who stands in",
      [{ networks: [vf, of("a/vf", "two")], count: 1 }, { networks: [vf] }],
      [["d1", "d1"], ["d2"]],
    ],
    ["another, who stands in of another", [{ networks: [vf, of("a/gpu")], count: 1 }], [["d1", "g1"]]],
    [
      "none, who stands in where none is left",
      [{ networks: [vf, of("a/gpu")], count: 1 }, { networks: [of("a/gpu")] }],
      [["d1"], ["g1"]],
    ],
  ])("%s", async (_, asked, expected) => expect((await deal(asked)).devices).toEqual(expected));

  test.each<[string, readonly Asked[], object]>([
    [
      "another pod's",
      [{ networks: [vf] }, { networks: [vf], deviceId: "d0" }],
      { kind: "deniedByRule", message: "element 2: deviceID: d0 is no device of this pod's" },
    ],
    [
      "one that its resource has not",
      [{ networks: [vf], deviceId: "g1" }],
      { kind: "deniedByRule", message: "element 1: deviceID: g1 is no device of this pod's" },
    ],
    [
      "another pod's, without a resource",
      [{ networks: [of(undefined)], deviceId: "x1" }],
      { kind: "deniedByRule", message: "element 1: deviceID: x1 is no device of this pod's" },
    ],
    [
      "another pod's, with a resource of which nobody knows",
      [{ networks: [of("b/x")], deviceId: "x1" }],
      { kind: "deniedByRule", message: "element 1: deviceID: x1 is no device of this pod's" },
    ],
    [
      "one that nobody knows",
      [{ networks: [of(undefined)], deviceId: "0000:03:02.1" }],
      { kind: "deniedByRule", message: "element 1: deviceID: 0000:03:02.1 is no device of this pod's" },
    ],
    [
      "one twice",
      [
        { networks: [vf], deviceId: "d1" },
        { networks: [of(undefined)], deviceId: "d1" },
      ],
      { kind: "invalidConfig", message: "element 2: deviceID: d1 is another network's of this pod" },
    ],
    [
      "one too many",
      [{ networks: [vf] }, { networks: [vf] }, { networks: [vf] }],
      {
        kind: "invalidConfig",
        message: "element 3: NAD net: its networks take more devices of a/vf than the 2 that it has",
      },
    ],
    [
      "one of what it has not",
      [{ networks: [of("a/other")] }],
      {
        kind: "invalidConfig",
        message: "element 1: NAD net: the kubelet has given this pod no device of a/other",
      },
    ],
    [
      "none, for a plugin that takes one",
      [{ networks: [of("b/\nx\u202ey", "net", { capabilities: { deviceID: true } })] }],
      {
        kind: "invalidConfig",
        message: "element 1: NAD net: the kubelet has given this pod no device of b/ x y",
      },
    ],
    [
      "too few to choose from",
      [{ networks: [of("a/other"), of("a/vf", "two")], count: 2 }],
      {
        kind: "noCandidate",
        message: "element 1: the pod lacks the devices of the networks",
        details: "element 1: NAD net: the kubelet has given this pod no device of a/other",
      },
    ],
  ])("and is refused %s", async (_, asked, failure) => {
    await expect(deal(asked)).rejects.toMatchObject(failure);
  });

  test("where there is no kubelet, it gets what it names", async () => {
    const nobody = { source: "/none", hasKubelet: false, ownByResource: new Map(), allByResource: new Map() };
    const asked = [{ networks: [of("b/x")], deviceId: "0000:03:02.1" }, { networks: [vf] }];
    expect((await deal(asked, nobody)).devices).toEqual([["0000:03:02.1"], [undefined]]);
  });

  test("it chooses among those whose devices it has", async () => {
    const asked = { networks: [of("a/other", "one"), of("a/vf", "two"), of(undefined, "three")], count: 1 };
    expect(await deal([asked])).toMatchObject({ names: [["two", "three"]], devices: [["d1", undefined]] });
  });

  test("what the kubelet has noted is read once, and only for who is about devices", async () => {
    expect((await deal([{ networks: [vf] }, { networks: [vf] }])).reads).toBe(1);
    expect((await deal([{ networks: [of(undefined)] }])).reads).toBe(0);
  });
});

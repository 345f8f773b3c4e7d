import { describe, expect, test } from "vitest";
import { type HostRoutes, planGenerated } from "./generated.ts";

const plan = (plugin: string, files: readonly unknown[], routes: Partial<HostRoutes> = {}) =>
  planGenerated({
    from: "here",
    plugin,
    folder: {
      files: files.map((file, at) => ({
        name: `${at}.conf`,
        text: typeof file === "string" ? file : JSON.stringify(file),
      })),
      pluginFilesByNetwork: new Map(),
    },
    routes: { subnets: [], onLinks: [], defaultLink: "ens3", ...routes },
  });
const subnet = (...given: Parameters<typeof plan>) => (plan(...given)["ipam"] as { subnet: string }).subnet;

test("a bridge is a gateway of its own, on a link that nobody else's bridge is", () => {
  expect(plan("bridge", [])).toEqual({
    cniVersion: "0.4.0",
    name: "mybridgenet",
    type: "bridge",
    bridge: "genie0",
    isGateway: true,
    ipam: { type: "host-local", subnet: "10.10.0.0/16" },
    "io.github.cni-genie.generated": true,
  });
});

test("a macvlan is on the link of the default route, and nowhere else", () => {
  expect(plan("macvlan", [])).toMatchObject({
    type: "macvlan",
    master: "ens3",
    ipam: { subnet: "10.20.0.0/16" },
  });
  expect(() => plan("macvlan", [], { defaultLink: undefined })).toThrow(
    expect.objectContaining({
      kind: "unknownNetwork",
      message: "here: no network is called macvlan, and the node has no default route",
    }),
  );
});

describe("a subnet is free when it is", () => {
  test.each<[string, readonly unknown[], readonly string[], string]>([
    ["no destination of the node's", [], ["10.10.3.0/24", "127.0.0.0/8"], "10.11.0.0/16"],
    ["no address of the node's", [], ["10.10.0.1/32", "10.11.255.255/32"], "10.12.0.0/16"],
    ["no part of one", [], ["10.0.0.0/8"], "172.28.0.0/16"],
    ["in no pool", [{ ipam: { subnet: "10.10.5.0/24" } }], [], "10.11.0.0/16"],
    ["in no pool that CNI-Genie wrote", [{ ipam: { subnet: "10.10.0.1/16" } }], [], "10.11.0.0/16"],
    [
      "in no list of pools",
      [{ plugins: [{ ipam: { ranges: [[{ subnet: "10.10.5.0/24" }]] } }] }],
      [],
      "10.11.0.0/16",
    ],
    ["in no route of a network's", [{ ipam: { routes: [{ dst: "10.10.0.0/15" }] } }], [], "10.12.0.0/16"],
    ["in nothing but a default route", [{ ipam: { routes: [{ dst: "0.0.0.0/0" }] } }], [], "10.10.0.0/16"],
    ["in no file that can be read", ["{", "[".repeat(100_000), { subnet: "fd00::/8" }], [], "10.10.0.0/16"],
  ])("%s", (...[, files, subnets, free]) => expect(subnet("bridge", files, { subnets })).toBe(free));

  test("its own from before, where the bridge is still there and its file isn't", () => {
    const left = { subnets: ["10.12.0.0/16"], onLinks: [{ link: "genie0", subnet: "10.12.0.0/16" }] };
    expect(subnet("bridge", [], left)).toBe("10.12.0.0/16");
    expect(subnet("bridge", [{ subnet: "10.12.3.0/24" }], left)).toBe("10.10.0.0/16");
    const others = { subnets: ["10.10.0.0/16"], onLinks: [{ link: "cni0", subnet: "10.10.0.0/16" }] };
    expect(subnet("bridge", [], others)).toBe("10.11.0.0/16");
  });

  test("and when none is, nothing is guessed", () => {
    const subnets = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    expect(() => plan("bridge", [], { subnets })).toThrow(
      "here: no network is called bridge, and no subnet is free",
    );
  });
});

import { expect, test } from "vitest";
import { makeMade } from "../../test/fakes/made.ts";
import { parseConfig } from "../config.ts";
import type { Made } from "../delegate/attach-all.ts";
import { toAnswer } from "./answer.ts";

const answer = (made: readonly Made[], cniVersion: string, prevResult?: object) =>
  toAnswer(made, parseConfig(JSON.stringify({ cniVersion, name: "genie", type: "genie", prevResult })), {
    netns: "/run/netns/a",
    main: "eth0",
  });

const eth0 = {
  cniVersion: "1.0.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/a" }],
  ips: [{ interface: 0, address: "10.0.0.5/24", gateway: "10.0.0.1" }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["10.0.0.53"] },
};
const old = {
  cniVersion: "0.2.0",
  ip4: { ip: "10.1.0.5/24", gateway: "10.1.0.1", routes: [{ dst: "10.9.0.0/16" }] },
  dns: { nameservers: ["10.1.0.53"] },
};

test("a single result is told as its plugin gave it", () => {
  expect(answer([makeMade("eth0", { ...eth0, mine: 1 })], "1.0.0")).toEqual({ ...eth0, mine: 1 });
});

test("each address keeps its interface, each route its gateway, whatever version its plugin speaks", () => {
  const told = answer([makeMade("eth0", eth0), makeMade("eth1", old)], "1.0.0");
  expect(told).toEqual({
    cniVersion: "1.0.0",
    interfaces: [
      { name: "eth0", sandbox: "/run/netns/a" },
      { name: "eth1", sandbox: "/run/netns/a" },
    ],
    ips: [
      { interface: 0, address: "10.0.0.5/24", gateway: "10.0.0.1" },
      { interface: 1, address: "10.1.0.5/24", gateway: "10.1.0.1" },
    ],
    routes: [
      { dst: "0.0.0.0/0", gw: "10.0.0.1" },
      { dst: "10.9.0.0/16", gw: "10.1.0.1" },
    ],
    dns: { nameservers: ["10.0.0.53", "10.1.0.53"] },
  });
});

test.each(["0.1.0", "0.2.0"])(
  "in %s, the one address is that of the interface that was asked for",
  (version) => {
    const told = answer([makeMade("eth1", old), makeMade("eth0", eth0)], version);
    expect(told).toMatchObject({ ip4: { ip: "10.0.0.5/24", gateway: "10.0.0.1" } });
  },
);

test("what the chain before has made comes first, and its DNS counts only where we have none", () => {
  const before = { interfaces: [{ name: "lo" }], ips: [{ interface: 0, address: "127.0.0.1/8" }] };
  const told = answer([makeMade("eth0", eth0)], "1.0.0", { ...before, dns: { nameservers: ["9.9.9.9"] } });
  expect(told).toMatchObject({
    interfaces: [{ name: "lo" }, { name: "eth0" }],
    ips: [{ interface: 0 }, { interface: 1 }],
    dns: { nameservers: ["10.0.0.53"] },
  });
});

/** A pod with several networks. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { add } from "./add.ts";
import { del } from "./del.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  for (const [at, name] of ["blue", "green", "red"].entries()) {
    await node.conf(`${at}0-${name}.conf`, {
      cniVersion: "1.0.0",
      name,
      type: name,
      capabilities: { mac: true },
    });
    await node.plugin(name, answering(at));
  }
});
afterEach(() => node[Symbol.asyncDispose]());

const answering = (at: number) =>
  `[ $CNI_COMMAND != ADD ] || echo '{"cniVersion":"1.0.0","interfaces":[{"name":"'$CNI_IFNAME'","sandbox":"/run/netns/a"}],"ips":[{"interface":0,"address":"10.0.${at}.5/24"}]}'`;
const failing = '[ $CNI_COMMAND != ADD ] || { echo \'{"code":11,"msg":"full"}\'; exit 1; }';
const run = (cni: string | undefined, config?: object) =>
  add(
    {
      invocation: node.invocation("ADD"),
      config: node.config({ ...(cni === undefined ? {} : { args: { cni } }), ...config }),
    },
    node.ports,
  );
const kept = async () =>
  (await node.ledger.read("c1")).attachments.map(
    ({ network, ifName, state }) => `${network} ${ifName} ${state}`,
  );
const calls = async () =>
  (await node.takeCalls()).map(({ verb, plugin, ifName }) => `${verb} ${plugin} ${ifName}`);

test("each network is attached in order under a name of its own, and the results are one", async () => {
  const { result, notes } = await run("blue, red@net5, blue");
  expect(await calls()).toEqual(["ADD blue eth0", "ADD red net5", "ADD blue eth1"]);
  expect(await kept()).toEqual(["blue eth0 attached", "red net5 attached", "blue eth1 attached"]);
  expect(result).toMatchObject({
    cniVersion: "1.1.0",
    interfaces: [{ name: "eth0" }, { name: "net5" }, { name: "eth1" }],
    ips: [
      { interface: 0, address: "10.0.0.5/24" },
      { interface: 1, address: "10.0.2.5/24" },
      { interface: 2, address: "10.0.0.5/24" },
    ],
  });
  const ips = {
    ip1: { ip: "10.0.0.5", interface: "eth0" },
    ip2: { ip: "10.0.2.5", interface: "net5" },
    ip3: { ip: "10.0.0.5", interface: "eth1" },
  };
  expect(notes.annotations).toEqual({ "multi-ip-preferences": JSON.stringify({ multi_entry: 3, ips }) });

  await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
  expect(await calls()).toEqual(["DEL blue eth1", "DEL red net5", "DEL blue eth0"]);
  expect(await kept()).toEqual([]);
});

test("a list of defaults is attached as one that the pod asks for", async () => {
  await run(undefined, { default_plugin: "green,red" });
  expect(await calls()).toEqual(["ADD green eth0", "ADD red eth1"]);
});

test("one address is told by the result alone", async () => {
  expect((await run("blue")).notes.annotations).toEqual({});
});

test("what was chosen for a blank annotation is told, by the name that finds it again, and nothing else is", async () => {
  expect((await run("")).notes.annotations).toEqual({ cni: "blue" });
  await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
  await node.conf("0-a.conf", { cniVersion: "1.0.0", name: "red", type: "red" });
  await node.conf("3-red.conf", { cniVersion: "1.0.0", name: "other", type: "red" });
  expect((await run("")).notes.annotations).toEqual({ cni: "a" });
});

test("a default of modules is told to nobody", async () => {
  expect((await run(undefined)).notes.annotations).toEqual({});
});

test("when one fails, those before it are undone and none after it is tried", async () => {
  await node.plugin("green", failing);
  await expect(run("blue,green,red")).rejects.toMatchObject({
    plugin: "green",
    wire: { code: 11, msg: "full" },
    place: "network green, interface eth1",
  });
  expect(await calls()).toEqual(["ADD blue eth0", "ADD green eth1", "DEL green eth1", "DEL blue eth0"]);
  expect(await kept()).toEqual([]);
});

test("what another call attached to the container stays, and keeps its name", async () => {
  await run("blue");
  await node.takeCalls();
  await node.plugin("red", failing);
  const config = node.config({ args: { cni: "green, red" } });
  const second = { invocation: node.invocation("ADD", { ifName: "eth3" }), config };
  await expect(add(second, node.ports)).rejects.toMatchObject({ plugin: "red" });
  expect(await calls()).toEqual(["ADD green eth3", "ADD red eth1", "DEL red eth1", "DEL green eth3"]);
  expect(await kept()).toEqual(["blue eth0 attached"]);
});

test("an interface name that an earlier call gave away is taken; the next one is told, and found by the runtime's", async () => {
  await run("blue,green");
  const config = node.config({ args: { cni: "red" } });
  const { result } = await add(
    { invocation: node.invocation("ADD", { ifName: "eth1" }), config },
    node.ports,
  );
  expect(result).toMatchObject({ interfaces: [{ name: "eth2" }] });
  expect(node.warnings).toContainEqual({
    fields: { containerId: "c1", ifName: "eth1" },
    message: expect.stringContaining("an earlier call's network has the interface"),
  });
  await node.takeCalls();
  await del({ invocation: node.invocation("DEL", { ifName: "eth1" }), stdin: "{}" }, node.ports);
  expect(await calls()).toEqual(["DEL red eth2"]);
});

test("what the runtime asks for is only for the interface that it asked for", async () => {
  await run("blue,red@eth0", { runtimeConfig: { mac: "02:00:00:00:00:01" } });
  const told = (await node.takeCalls()).map(({ ifName, stdin }) => [ifName, stdin["runtimeConfig"]]);
  expect(told).toEqual([
    ["eth1", undefined],
    ["eth0", { mac: "02:00:00:00:00:01" }],
  ]);
});

test("NPWG 36: the default network gets what the runtime says, and no other takes the runtime's interface", async () => {
  const asked = { args: { cni: { "k8s.v1.cni.cncf.io/networks": "green,red@eth0" } } };
  const runtimeConfig = { mac: "02:00:00:00:00:01" };
  await run(undefined, { ...asked, default_plugin: "blue@blue0", runtimeConfig });
  const told = (await node.takeCalls()).map(({ ifName, stdin }) => [ifName, stdin["runtimeConfig"]]);
  expect(told).toEqual([
    ["blue0", runtimeConfig],
    ["net1", undefined],
    ["eth0", undefined],
  ]);
});

/** Answers as a real network does: with an address, and a default route unless its configuration leaves that out. */
const routed = (at: number) => `[ $CNI_COMMAND != ADD ] || {
  case "$stdin" in *0.0.0.0/0*) routes='{"dst":"0.0.0.0/0"}';; esac
  echo '{"cniVersion":"1.0.0","ips":[{"address":"10.0.${at}.5/24","gateway":"10.0.${at}.1"}],"routes":['$routes']}'
}`;

const addRouted = async () => {
  for (const [at, name] of ["blue", "green"].entries()) {
    const ipam = { type: "host-local", routes: [{ dst: "0.0.0.0/0" }] };
    await node.conf(`${at}0-${name}.conf`, { cniVersion: "1.0.0", name, type: name, ipam });
    await node.plugin(name, routed(at));
  }
};

test("routes are arranged after each network's own plugin, and taken back before it", async () => {
  await addRouted();
  await node.plugin("genie-routes", "echo '{}'");
  const { result } = await run("blue,green");
  const made = await node.takeCalls();
  expect(made.map(({ verb, plugin, ifName }) => `${verb} ${plugin} ${ifName}`)).toEqual([
    "ADD blue eth0",
    "ADD genie-routes eth0",
    "ADD green eth1",
    "ADD genie-routes eth1",
  ]);
  expect(made.filter(({ plugin }) => plugin === "genie-routes").map(({ stdin }) => stdin["acts"])).toEqual([
    ["table 1000", "default 10.0.0.1", "from 10.0.0.5"],
    ["table 1001", "default 10.0.1.1", "from 10.0.1.5", "undefault 4"],
  ]);
  expect(result["routes"]).toEqual([{ dst: "0.0.0.0/0", gw: "10.0.0.1" }]);
  await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
  expect(await calls()).toEqual([
    "DEL genie-routes eth1",
    "DEL green eth1",
    "DEL genie-routes eth0",
    "DEL blue eth0",
  ]);
});

const untold = `[ $CNI_IFNAME = eth1 ] || echo '{"routes":[{"dst":"0.0.0.0/0","gw":"169.254.1.1"}]}'`;

test.each(["sbr", "drop"])(
  "a default route that a plugin makes and doesn't tell is its own (%s)",
  async (secondaryRoutes) => {
    await addRouted();
    await node.plugin(
      "blue",
      `[ $CNI_COMMAND != ADD ] || echo '{"cniVersion":"1.0.0","ips":[{"address":"10.0.9.5/32"}]}'`,
    );
    await node.plugin(
      "genie-routes",
      `[ $CNI_COMMAND != ADD ] || { ${untold}; [ $CNI_IFNAME = eth0 ] || echo '{}'; }`,
    );
    const { result } = await run("blue,green", { genie: { secondaryRoutes } });
    expect(result["routes"]).toEqual([{ dst: "0.0.0.0/0", gw: "169.254.1.1" }]);
    const [ofGreen] = (await node.takeCalls()).filter(({ plugin }) => plugin === "green");
    expect(ofGreen?.stdin["ipam"]).toMatchObject({ routes: [] });
    await del({ invocation: node.invocation("DEL"), stdin: "{}" }, node.ports);
    expect((await calls()).filter((one) => one.includes("eth0"))).toEqual(
      secondaryRoutes === "sbr" ? ["DEL genie-routes eth0", "DEL blue eth0"] : ["DEL blue eth0"],
    );
  },
);

test("routes that can't be arranged undo their network and those before it", async () => {
  await addRouted();
  await node.plugin("genie-routes", `[ $CNI_IFNAME = eth0 ] || { ${failing}; }; echo '{}'`);
  await expect(run("blue,green")).rejects.toMatchObject({ plugin: "genie-routes", wire: { code: 11 } });
  expect((await calls()).slice(-4)).toEqual([
    "DEL genie-routes eth1",
    "DEL green eth1",
    "DEL genie-routes eth0",
    "DEL blue eth0",
  ]);
  expect(await kept()).toEqual([]);
});

test("without genie-routes there is one default route all the same, and a warning", async () => {
  await addRouted();
  const { result } = await run("blue,green");
  expect(await calls()).toEqual(["ADD blue eth0", "ADD green eth1"]);
  expect(result["routes"]).toEqual([{ dst: "0.0.0.0/0", gw: "10.0.0.1" }]);
  expect(node.warnings.map(({ message }) => message)).toEqual([expect.stringContaining("genie-routes")]);
});

test("where the namespace has gone, so have its routes", async () => {
  await addRouted();
  await node.plugin("genie-routes", "echo '{}'");
  await run("blue,green");
  await node.takeCalls();
  await del({ invocation: node.invocation("DEL", { netns: "" }), stdin: "{}" }, node.ports);
  expect(await calls()).toEqual(["DEL green eth1", "DEL blue eth0"]);
});

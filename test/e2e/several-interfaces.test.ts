/** What is particular about a pod's second interface: its routes, its name, its network once more. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPluginFolder } from "../plugins/scripted.ts";
import { addNamespace, listLinks, runIn } from "../setup/namespace.ts";
import type { GenieCall } from "./node.ts";
import { makeWideNode, WIDE_NETWORKS, type WideName, type WideNode } from "./wide-node.ts";
import {
  callFor,
  expectAnswers,
  expectNothingLeft,
  findWay,
  isAnswered,
  listAddresses,
  listDefaults,
  listMacs,
  listRules,
  type Pod,
  toTold,
} from "./wide-pod.ts";

const undo = new AsyncDisposableStack();
let wide: WideNode;
beforeAll(async () => {
  wide = await makeWideNode(undo);
});
afterAll(() => undo.disposeAsync());

const call = (verb: GenieCall["verb"], pod: Pod, more: Omit<Parameters<typeof callFor>[2], "wide">) =>
  callFor(pod, verb, { wide, ...more });

const pairs = WIDE_NETWORKS.flatMap((first) =>
  WIDE_NETWORKS.filter((other) => other !== first).map((other): [WideName, WideName] => [first, other]),
);

test.each(pairs)("%s before %s: the first has the default routes, and both answer", async (first, other) => {
  await using pod = await addNamespace();
  const cni = `${first},${other}`;
  const added = await call("ADD", pod, { cni });
  expect(added).toMatchObject({ exitCode: 0 });
  expect(await listDefaults(pod)).toEqual(["eth0", "eth0"]);
  await expectAnswers(pod, toTold(added), wide);
  expect(await call("CHECK", pod, { cni })).toMatchObject({ exitCode: 0 });
  await call("DEL", pod, { cni });
  await expectNothingLeft(pod, wide);
});

test.each([
  ["drop", ["eth0", "eth0"]],
  ["keep", ["eth1", "eth0", "eth0", "eth1"]], // as the reference plugins leave it: IPv6 shares
])("secondaryRoutes %s gives no interface a table", async (secondaryRoutes, defaults) => {
  await using pod = await addNamespace();
  const wanted = { cni: "blue,red", block: { secondaryRoutes } };
  expect(await call("ADD", pod, wanted)).toMatchObject({ exitCode: 0 });
  expect(await listRules(pod)).toEqual([]);
  expect(await listDefaults(pod)).toEqual(defaults);
  expect(await call("CHECK", pod, wanted)).toMatchObject({ exitCode: 0 });
  await call("DEL", pod, wanted);
  await expectNothingLeft(pod, wide);
});

test.each(["sbr", "drop"])(
  "a default route that a plugin made and didn't tell stays the pod's (%s)",
  async (secondaryRoutes) => {
    await using pod = await addNamespace();
    await using plugins = await openPluginFolder();
    const toPrevious = `sed 's/.*"prevResult"://; s/}$//'`;
    const making = `nsenter "--net=$CNI_NETNS" ip route add default via 10.10.1.1; echo "$stdin" | ${toPrevious}`;
    await plugins.plugin("silent", `[ $CNI_COMMAND != ADD ] || { ${making}; }`);
    const node = { ...wide.node, cniPath: `${plugins.path[0]}:${wide.node.cniPath}` };
    await wide.network("blue", { ipam: { routes: [] }, chained: [{ type: "silent" }] });
    const wanted = { cni: "blue,red", block: { secondaryRoutes } };
    const added = await callFor(pod, "ADD", { wide: { ...wide, node }, ...wanted });
    expect(added).toMatchObject({ exitCode: 0 });
    expect(await listDefaults(pod)).toEqual(["eth0", "eth1"]);
    expect(toTold(added).routes).toContainEqual({ dst: "0.0.0.0/0", gw: "10.10.1.1" });
    await callFor(pod, "DEL", { wide: { ...wide, node }, ...wanted });
    await expectNothingLeft(pod, wide);
    await wide.network("blue");
  },
);

test("a default route of one family leaves the other to the next network that brings one", async () => {
  await using pod = await addNamespace();
  await wide.network("blue", { ipam: { routes: [{ dst: "0.0.0.0/0" }] } });
  const told = toTold(await call("ADD", pod, { cni: "blue,green,red" }));
  expect(await listDefaults(pod)).toEqual(["eth0", "eth1"]);
  expect(told.routes).toEqual([
    { dst: "0.0.0.0/0", gw: "10.10.1.1" },
    { dst: "::/0", gw: "fd10:2::1" },
  ]);
  await call("DEL", pod, { cni: "" });
  await wide.network("blue");
});

test("the default gateway that bridge makes by itself gives way, for one family and for both", async () => {
  await using pod = await addNamespace();
  await wide.network("blue", { plugin: { isDefaultGateway: true }, ipam: { routes: [] } });
  await call("ADD", pod, { cni: "green,blue" });
  expect(await listDefaults(pod)).toEqual(["eth0", "eth0"]);
  await call("DEL", pod, { cni: "" });
  await wide.network("green", { ipam: { routes: [{ dst: "0.0.0.0/0" }] } });
  await call("ADD", pod, { cni: "green,blue" });
  expect(await listDefaults(pod)).toEqual(["eth0", "eth1"]);
  expect(await call("CHECK", pod, { cni: "" })).toMatchObject({ exitCode: 0 });
  await call("DEL", pod, { cni: "" });
  await expectNothingLeft(pod, wide);
  for (const name of ["blue", "green"] as const) await wide.network(name);
});

test.each(["blue", "red"])(
  "%s twice: two addresses of one network, each with its own answers",
  async (name) => {
    await using pod = await addNamespace();
    const cni = `${name},${name}`;
    const added = await call("ADD", pod, { cni });
    const told = toTold(added);
    expect(new Set(listAddresses(told).map(([, address]) => address)).size).toBe(4);
    await expectAnswers(pod, told, wide);
    expect(await call("CHECK", pod, { cni })).toMatchObject({ exitCode: 0 });
    await call("DEL", pod, { cni });
    await expectNothingLeft(pod, wide);
  },
);

test("ptp, which can't twice in a pod, says why, and nothing is left", async () => {
  await using pod = await addNamespace();
  const added = await call("ADD", pod, { cni: "green,green" });
  expect(added).toMatchObject({ exitCode: 1, answer: { msg: expect.stringContaining("file exists") } });
  await expectNothingLeft(pod, wide);
});

test("a network that brings sbr keeps its way of answering", async () => {
  await using pod = await addNamespace();
  await wide.network("red", { chained: [{ type: "sbr" }] });
  const added = await call("ADD", pod, { cni: "blue,red" });
  expect(await listDefaults(pod)).toEqual(["eth0", "eth0"]);
  await expectAnswers(pod, toTold(added), wide);
  await call("DEL", pod, { cni: "" });
  await expectNothingLeft(pod, wide);
  await wide.network("red");
});

test("of two interfaces on one segment, each answers ARP for its own address", async () => {
  await using pod = await addNamespace();
  const told = toTold(await call("ADD", pod, { cni: "blue,blue" }));
  const macs = new Map(await listMacs(pod));
  for (const [link, address] of listAddresses(told).filter(([, one]) => !one.includes(":"))) {
    await expect.poll(() => isAnswered(wide.node.namespace, address), { timeout: 15_000 }).toBe(true);
    const { stdout } = await runIn(wide.node.namespace, ["ip", "neighbour", "show", address]);
    expect(stdout).toContain(macs.get(link));
  }
  await call("DEL", pod, { cni: "" });
});

test.each<[string, object]>([
  ["no IPAM", { ipam: undefined }],
  ["an empty IPAM, as in CNI-Genie's issue 166", { ipam: {} }],
])("a network with %s is a link without addresses, rules or a default route", async (_, plugin) => {
  await using pod = await addNamespace();
  await wide.network("red", { plugin });
  const added = await call("ADD", pod, { cni: "blue,red" });
  expect(added).toMatchObject({ exitCode: 0 });
  expect(await listLinks(pod)).toEqual(["eth0", "eth1"]);
  expect(listAddresses(toTold(added)).map(([link]) => link)).toEqual(["eth0", "eth0"]);
  expect((await listRules(pod)).length).toBe(2);
  await call("DEL", pod, { cni: "" });
  await expectNothingLeft(pod, wide);
  await wide.network("red");
});

test("plugged in later, a network takes no default route from the first, and leaves alone", async () => {
  await using pod = await addNamespace();
  await call("ADD", pod, { cni: "blue" });
  const added = await call("ADD", pod, { cni: "green", ifName: "eth7" });
  expect(await listDefaults(pod)).toEqual(["eth0", "eth0"]);
  await expectAnswers(pod, toTold(added), wide);
  await call("ADD", pod, { cni: "red", ifName: "eth8" });
  expect(await findWay(pod, "10.10.3.9")).toBe("eth8");
  await call("DEL", pod, { cni: "", ifName: "eth7" });
  expect(await listLinks(pod)).toEqual(["eth0", "eth8"]);
  expect((await listRules(pod)).length).toBe(2);
  for (const ifName of ["eth8", "eth0"]) await call("DEL", pod, { cni: "", ifName });
  await expectNothingLeft(pod, wide);
});

test.each<[string, object]>([
  ["0.2.0", { ip4: { ip: "10.10.2." }, ip6: { ip: "fd10:2:" } }],
  ["0.3.1", { ips: [{ version: "4" }, { version: "6" }, { version: "4" }, { version: "6" }] }],
  ["1.0.0", { ips: [{ interface: 0 }, { interface: 0 }, { interface: 2 }, { interface: 2 }] }],
  ["1.1.0", { ips: [{ interface: 0 }, { interface: 0 }, { interface: 2 }, { interface: 2 }] }],
])(
  "an answer in %s has the addresses of eth0 where the runtime looks for them",
  async (cniVersion, shape) => {
    await using pod = await addNamespace();
    const { answer, exitCode } = await call("ADD", pod, { cni: "red@net7,green", fields: { cniVersion } });
    expect([exitCode, answer?.["cniVersion"]]).toEqual([0, cniVersion]);
    const lists = JSON.parse(JSON.stringify(shape), (key, value) =>
      key === "ip" ? expect.stringContaining(value) : value,
    );
    expect(answer).toMatchObject(lists);
    if (cniVersion !== "0.2.0") {
      expect(answer?.["interfaces"]).toContainEqual(
        expect.objectContaining({ name: "eth0", sandbox: pod.path }),
      );
    }
    await call("DEL", pod, { cni: "" });
  },
);

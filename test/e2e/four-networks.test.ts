/** A pod with four networks from four plugins: reached on every address, answering by the way on which it was asked. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { ensureTools } from "../setup/tools.ts";
import { callGenie, withAnnotations } from "./node.ts";
import { makeWideNode, WIDE_NETWORKS, type WideNode } from "./wide-node.ts";

const undo = new AsyncDisposableStack();
let wide: WideNode;
beforeAll(async () => {
  wide = await makeWideNode(undo);
});
afterAll(() => undo.disposeAsync());

const LINKS = ["eth0", "eth1", "eth2", "eth3"];
const all = WIDE_NETWORKS.join(",");

const call = (
  verb: "ADD" | "DEL" | "CHECK",
  pod: Pick<NetworkNamespace, "name" | "path">,
  more: Call = {},
) => {
  const { cni = all, block = {}, ifName = "eth0", fields = {} } = more;
  const stdin = wide.node.config(block, { ...withAnnotations({ cni }), ...fields });
  return callGenie(wide.node, { verb, pod, stdin, ifName });
};

interface Call {
  readonly cni?: string;
  readonly block?: object;
  readonly ifName?: string;
  readonly fields?: object;
}

interface Told {
  readonly interfaces: readonly { readonly name: string; readonly sandbox?: string }[];
  readonly ips: readonly { readonly interface: number; readonly address: string }[];
  readonly routes: readonly { readonly dst: string; readonly gw?: string }[];
}

/** Each address of the pod with the interface that the answer gives it. */
function listAddresses(answer: unknown): readonly (readonly [link: string, address: string])[] {
  const { interfaces, ips } = answer as Told;
  return ips.map(({ interface: at, address }) => [interfaces[at]?.name ?? "", address.split("/")[0] ?? ""]);
}

async function listRows<Row>(pod: NetworkNamespace, ...words: readonly string[]): Promise<readonly Row[]> {
  const { stdout } = await runIn(pod, ["ip", "-json", ...words]);
  return JSON.parse(stdout === "" ? "[]" : stdout);
}

const listRules = async (pod: NetworkNamespace) => {
  const rules = await Promise.all(
    ["-4", "-6"].map((family) => listRows<{ src: string; table: string }>(pod, family, "rule", "show")),
  );
  return rules.flat().filter(({ src }) => src !== "all");
};

const listDefaults = async (pod: NetworkNamespace) => {
  const show = (family: string) => listRows<{ dev: string }>(pod, family, "route", "show", "default");
  return (await Promise.all(["-4", "-6"].map(show))).flat().map(({ dev }) => dev);
};

const toOutside = (address: string) => (address.includes(":") ? wide.addresses.v6 : wide.addresses.v4);

/** Which interface a packet from this address to that one leaves by. */
async function findWay(pod: NetworkNamespace, to: string, from?: string): Promise<string | undefined> {
  const source = from === undefined ? [] : ["from", from];
  const [route] = await listRows<{ dev: string }>(pod, "route", "get", to, ...source);
  return route?.dev;
}

async function isAnswered(from: NetworkNamespace, address: string): Promise<boolean> {
  const { ping } = await ensureTools();
  return (await runIn(from, [ping, "-c1", "-W2", address])).exitCode === 0;
}

async function expectAnswers(pod: NetworkNamespace, answer: unknown): Promise<void> {
  for (const [link, address] of listAddresses(answer)) {
    await expect
      .poll(() => isAnswered(wide.outside, address), { message: address, timeout: 15_000 })
      .toBe(true);
    expect([address, await findWay(pod, toOutside(address), address)]).toEqual([address, link]);
  }
}

/** No link, rule or route in the pod, no address given to it, no entry of it. */
async function expectNothingLeft(pod: NetworkNamespace): Promise<void> {
  expect(await listLinks(pod)).toEqual([]);
  expect(await listRules(pod)).toEqual([]);
  for (const family of ["-4", "-6"]) {
    const routes = await listRows<{ dev: string }>(pod, family, "route", "show", "table", "all");
    expect(routes.filter(({ dev }) => dev !== "lo")).toEqual([]);
  }
  await expectNodeClean(pod.name);
}

async function expectNodeClean(containerId: string): Promise<void> {
  expect(await readdir(path.join(wide.node.stateDir, "ledger"))).toEqual([]);
  const { stdout } = await runIn(undefined, ["grep", "-rl", containerId, wide.node.dataDir]);
  expect(stdout).toBe("");
  const links = await listLinks(wide.node.namespace);
  expect(links.filter((name) => name.startsWith("veth"))).toEqual([]);
  expect(links).toContain("gray0");
}

test("every address is answered, by the interface that has it, and CHECK says so", async () => {
  await using pod = await addNamespace();
  const added = await call("ADD", pod);
  expect(added).toMatchObject({ exitCode: 0 });
  const sandboxed = (added.answer as unknown as Told).interfaces.filter(
    ({ sandbox }) => sandbox === pod.path,
  );
  expect(sandboxed.map(({ name }) => name)).toEqual(LINKS);
  expect(listAddresses(added.answer).map(([link]) => link)).toEqual(LINKS.flatMap((link) => [link, link]));
  expect(await listDefaults(pod)).toEqual(["eth0", "eth0"]);
  expect((added.answer as unknown as Told).routes).toEqual([
    { dst: "0.0.0.0/0", gw: "10.10.1.1" },
    { dst: "::/0", gw: "fd10:1::1" },
  ]);
  await expectAnswers(pod, added.answer);
  expect(await call("CHECK", pod)).toMatchObject({ exitCode: 0 });
  await runIn(pod, ["ip", "-6", "rule", "delete", "table", "1002"]);
  expect(await call("CHECK", pod)).toMatchObject({ exitCode: 1 });
  expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
  await expectNothingLeft(pod);
});

test("the pod reaches what is in each network by that network, and a stranger's question goes back where it came from", async () => {
  await using pod = await addNamespace();
  const { answer } = await call("ADD", pod);
  const own = new Map(listAddresses(answer).filter(([, address]) => !address.includes(":")));
  for (const [at, link] of LINKS.entries()) {
    expect(await findWay(pod, `10.10.${at + 1}.1`)).toBe(link);
    expect(await findWay(pod, "10.10.2.9", own.get(link))).toBe(link);
  }
  expect(await findWay(pod, wide.addresses.v4)).toBe("eth0");
  await call("DEL", pod);
});

test("DEL leaves nothing when the configuration files are gone, and again when the pod is", async () => {
  await using pod = await addNamespace();
  const ended = await addNamespace();
  await call("ADD", pod, { cni: "blue,red,gray" });
  await call("ADD", ended, { cni: "green,blue" });
  for (const file of await readdir(wide.node.confDir)) await rm(path.join(wide.node.confDir, file));
  expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
  await ended[Symbol.asyncDispose]();
  expect(await call("DEL", ended)).toMatchObject({ exitCode: 0 });
  await expectNothingLeft(pod);
  await expectNodeClean(ended.name);
  for (const name of WIDE_NETWORKS) await wide.network(name);
});

test("when the third fails, the second and the first are undone", async () => {
  await using pod = await addNamespace();
  await wide.network("red", {}, { ranges: [[{ subnet: "10.10.3.0/30" }]] }); // has room for one
  const added = await call("ADD", pod, { cni: "red,green,red" });
  const msg = expect.stringContaining("no IP addresses available");
  expect(added).toMatchObject({ exitCode: 1, answer: { code: 999, msg } });
  await expectNothingLeft(pod);
  await wide.network("red");
});

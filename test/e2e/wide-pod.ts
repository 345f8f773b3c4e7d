/** What a pod on a wide node has, as the kernel and whoever asks it say. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { ensureTools } from "../setup/tools.ts";
import { callGenie, type GenieAnswer, type GenieCall, withAnnotations } from "./node.ts";
import type { WideNode } from "./wide-node.ts";

export type Pod = Pick<NetworkNamespace, "name" | "path">;

interface Wanted extends Pick<GenieCall, "ifName"> {
  /** The annotation. */
  readonly cni: string;
  /** Under `genie`, and beside it, in genie's configuration. */
  readonly block?: object;
  readonly fields?: object;
}

export function callFor(pod: Pod, verb: GenieCall["verb"], wanted: Wanted & { wide: WideNode }) {
  const { wide, cni, block, fields, ...more } = wanted;
  const stdin = wide.node.config(block, { ...withAnnotations({ cni }), ...fields });
  return callGenie(wide.node, { verb, pod, stdin, ...more });
}

/** An answer of CNI 0.3.0 or later. */
export interface Told {
  readonly interfaces: readonly { readonly name: string; readonly sandbox?: string }[];
  readonly ips: readonly { readonly interface: number; readonly address: string }[];
  readonly routes: readonly { readonly dst: string; readonly gw?: string }[];
}

export function toTold({ answer }: GenieAnswer): Told {
  return answer as unknown as Told;
}

/** Each address with the interface that the answer gives it. */
export function listAddresses(told: Told): readonly (readonly [link: string, address: string])[] {
  return told.ips.map(({ interface: at, address }) => [
    told.interfaces[at]?.name ?? "",
    address.split("/")[0] ?? "",
  ]);
}

async function listRows<Row>(pod: Pod, ...words: readonly string[]): Promise<readonly Row[]> {
  const { stdout } = await runIn({ ...pod, [Symbol.asyncDispose]: async () => {} }, [
    "ip",
    "-json",
    ...words,
  ]);
  return JSON.parse(stdout === "" ? "[]" : stdout);
}

async function listBoth<Row>(pod: Pod, ...words: readonly string[]): Promise<readonly Row[]> {
  return (await Promise.all(["-4", "-6"].map((family) => listRows<Row>(pod, family, ...words)))).flat();
}

export async function listMacs(pod: Pod): Promise<readonly [link: string, mac: string][]> {
  const links = await listRows<{ ifname: string; address: string }>(pod, "link", "show");
  return links.map(({ ifname, address }) => [ifname, address]);
}

/** The addresses that have a table of their own. */
export async function listRules(pod: Pod): Promise<readonly string[]> {
  const rules = await listBoth<{ src: string }>(pod, "rule", "show");
  return rules.map(({ src }) => src).filter((source) => source !== "all");
}

interface DefaultRoute {
  readonly dev?: string;
  /** Of one that several interfaces share. */
  readonly nexthops?: readonly { readonly dev: string }[];
}

/** The interfaces that have the default routes, IPv4 first. */
export async function listDefaults(pod: Pod): Promise<readonly string[]> {
  const routes = await listBoth<DefaultRoute>(pod, "route", "show", "default");
  return routes.flatMap(({ dev, nexthops = [] }) => dev ?? nexthops.map((hop) => hop.dev));
}

/** Which interface a packet to that address leaves by. */
export async function findWay(pod: Pod, to: string, from?: string): Promise<string | undefined> {
  const source = from === undefined ? [] : ["from", from];
  const [route] = await listRows<{ dev: string }>(pod, "route", "get", to, ...source);
  return route?.dev;
}

export async function isAnswered(from: NetworkNamespace, address: string): Promise<boolean> {
  const { ping } = await ensureTools();
  return (await runIn(from, [ping, "-c1", "-W2", address])).exitCode === 0;
}

/** Somebody outside asks each address and is answered, by the interface that has it. */
export async function expectAnswers(pod: Pod, told: Told, { outside, addresses }: WideNode): Promise<void> {
  for (const [link, address] of listAddresses(told)) {
    const within = { message: address, timeout: 15_000 };
    await expect.poll(() => isAnswered(outside, address), within).toBe(true);
    const back = address.includes(":") ? addresses.v6 : addresses.v4;
    expect([address, await findWay(pod, back, address)]).toEqual([address, link]);
  }
}

/** No link, rule or route in the pod, no address given to it, no entry of it. */
export async function expectNothingLeft(pod: NetworkNamespace, wide: WideNode): Promise<void> {
  expect(await listLinks(pod)).toEqual([]);
  expect(await listRules(pod)).toEqual([]);
  const routes = await listBoth<{ dev: string }>(pod, "route", "show", "table", "all");
  expect(routes.filter(({ dev }) => dev !== "lo")).toEqual([]);
  await expectNodeClean(pod.name, wide);
}

export async function expectNodeClean(containerId: string, { node }: WideNode): Promise<void> {
  expect(await readdir(path.join(node.stateDir, "ledger"))).toEqual([]);
  const { stdout } = await runIn(undefined, ["grep", "-rl", containerId, node.dataDir]);
  expect(stdout).toBe("");
  const links = await listLinks(node.namespace);
  expect(links.filter((name) => name.startsWith("veth"))).toEqual([]);
  expect(links).toContain("gray0");
}

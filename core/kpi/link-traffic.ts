import type { NetworkFacts } from "../config.ts";
import type { NodeNetwork } from "../networks/candidates.ts";
import { shortStem } from "../networks/find-network.ts";
import { findJson, findOwn, isJsonObject } from "../spec/json.ts";
import type { Sample } from "./names.ts";

/** What a link carries. */
interface Traffic {
  readonly receivedMbps: number;
  readonly sentMbps: number;
}

export interface LinkTraffic {
  readonly takenAtMs: number;
  readonly byLink: ReadonlyMap<string, Traffic>;
}

/** One look at a node's counters. */
interface Look {
  readonly atMs: number;
  readonly bytesByLink: ReadonlyMap<string, { readonly received: number; readonly sent: number }>;
}

/** So many letters of a plugin's name begin the names of its links. Source: CNI-Genie, genie-cadvisor-client.go. */
const PREFIX_LETTERS = 4;

/**
 * The traffic between the last two looks in cAdvisor's answer about the root container. A link of which a counter was
 * set back is left out. Source: cAdvisor, info/v1/container.go, `ContainerStats`.
 *
 * @returns undefined for what is no such answer, or has not two looks.
 */
export function findTraffic(text: string): LinkTraffic | undefined {
  const answer = findJson(text);
  const stats: unknown = isJsonObject(answer) ? answer["stats"] : undefined;
  const looks = (Array.isArray(stats) ? stats.slice(-2) : []).map(findLook);
  const [before, after] = looks;
  if (before === undefined || after === undefined || after.atMs <= before.atMs) return undefined;
  const byLink = new Map<string, Traffic>();
  for (const [link, { received, sent }] of after.bytesByLink) {
    const earlier = before.bytesByLink.get(link);
    if (earlier === undefined || received < earlier.received || sent < earlier.sent) continue;
    const ms = after.atMs - before.atMs;
    byLink.set(link, {
      receivedMbps: toMbps(received - earlier.received, ms),
      sentMbps: toMbps(sent - earlier.sent, ms),
    });
  }
  return { takenAtMs: after.atMs, byLink };
}

function toMbps(bytes: number, ms: number): number {
  return (bytes * 8) / (ms * 1_000);
}

function findLook(stat: unknown): Look | undefined {
  if (!isJsonObject(stat) || !isJsonObject(stat["network"])) return undefined;
  const { timestamp, network } = stat;
  const atMs = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
  const { interfaces } = network as { interfaces?: unknown };
  if (Number.isNaN(atMs) || !Array.isArray(interfaces)) return undefined;
  const counters = interfaces.filter(isJsonObject).flatMap(({ name, rx_bytes: received, tx_bytes: sent }) => {
    if (typeof name !== "string" || typeof received !== "number" || typeof sent !== "number") return [];
    return [[name, { received, sent }] as const];
  });
  return { atMs, bytesByLink: new Map(counters) };
}

/**
 * What each network carries: over the links that the admin names, or else over those whose names begin as the network's
 * or its plugin's does. A network without such a link has no sample.
 */
export function toTrafficSamples(
  { takenAtMs, byLink }: LinkTraffic,
  networks: readonly NodeNetwork[],
  factsByNetwork: Readonly<Record<string, NetworkFacts>>,
): readonly Sample[] {
  return networks.flatMap((one) => {
    const { name } = one.network;
    const isCarrier = toIsCarrier(one, findOwn(factsByNetwork, name)?.interfaces ?? []);
    const carried = [...byLink].filter(([link]) => isCarrier(link)).map(([, traffic]) => traffic);
    if (carried.length === 0) return [];
    const sum = (field: keyof Traffic) => carried.reduce((total, traffic) => total + traffic[field], 0);
    return [
      { network: name, kpi: "received-mbps", value: sum("receivedMbps"), takenAtMs },
      { network: name, kpi: "sent-mbps", value: sum("sentMbps"), takenAtMs },
    ];
  });
}

function toIsCarrier({ file, network }: NodeNetwork, named: readonly string[]): (link: string) => boolean {
  if (named.length > 0) return (link) => named.includes(link);
  const words = [shortStem(file), network.plugins[0]?.type ?? ""];
  const prefixes = words.filter(({ length }) => length >= PREFIX_LETTERS);
  return (link) => prefixes.some((word) => link.startsWith(word.slice(0, PREFIX_LETTERS)));
}

import { closestMatch } from "leven";
import { Failure, listSome } from "../errors.ts";
import { toJson } from "../printable.ts";
import type { NodeNetwork, NodeNetworks } from "./candidates.ts";
import { findNetwork, listUnusable, shortStem, stem } from "./find-network.ts";

/** A network's name, and who wrote it where. */
export interface NamedNetwork {
  /** Such as `annotation "cni", element 2`. */
  readonly from: string;
  readonly network: string;
}

/** Of a name that no network has, so much is shown and compared. */
const SHOWN = 128;

/** As findNetwork. @throws {Failure} unknownNetwork, naming the nearest one, or the file that can't be used. */
export function requireNetwork(wish: NamedNetwork, networks: NodeNetworks): NodeNetwork {
  const found = findNetwork(wish.network, networks);
  if (found !== undefined) return found;
  const name = wish.network.slice(0, SHOWN);
  throw new Failure("unknownNetwork", `${wish.from}: no network is called ${toJson(name)}`, {
    details: [...tellUnusable(name, networks), ...tellNearest(name, networks), tellKnown(networks)].join(
      "; ",
    ),
  });
}

function tellUnusable(name: string, networks: NodeNetworks): readonly string[] {
  return listUnusable(name, networks).map(({ file, reason }) => `${file} can't be used: ${reason}`);
}

function tellNearest(name: string, { networks }: NodeNetworks): readonly string[] {
  const names = networks.flatMap(({ file, network }) => [network.name, shortStem(file), stem(file)]);
  const maxDistance = Math.min(4, Math.ceil(name.length / 3));
  const nearest = closestMatch(name, names, { maxDistance });
  return nearest === undefined ? [] : [`did you mean ${toJson(nearest)}?`];
}

function tellKnown({ networks }: NodeNetworks): string {
  const known = networks.map(({ network }) => network.name);
  return `networks of this node: ${known.length === 0 ? "none" : listSome(known, ", ")}`;
}

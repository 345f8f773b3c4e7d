import type { Config } from "../config.ts";
import { Failure, listSome } from "../errors.ts";
import { type Network, parseNetwork } from "../spec/network.ts";

/** A file of the conf folder. */
export interface ConfFile {
  /** Base name, such as `10-blue.conflist`. */
  readonly name: string;
  readonly text: string;
}

/** A network that a file of the conf folder describes. */
export interface NodeNetwork {
  readonly file: string;
  readonly network: Network;
}

export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

export interface NodeNetworks {
  /** In the order of the file names, which is the configuration order of first-fit. */
  readonly networks: readonly NodeNetwork[];
  readonly skipped: readonly Skipped[];
}

/**
 * The networks of the node: every readable configuration that isn't genie's own, one of each name.
 * A file that can't be used is passed over with the reason, since one bad file must not stop the node.
 */
export function listNetworks(files: readonly ConfFile[], config: Config): NodeNetworks {
  const networks: NodeNetwork[] = [];
  const skipped: Skipped[] = [];
  for (const { name: file, text } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const network = readFile(text);
    if (typeof network === "string") skipped.push({ file, reason: network });
    else if (isOurs(network, config)) continue;
    else {
      const twin = networks.find((other) => other.network.name === network.name);
      if (twin === undefined) networks.push({ file, network });
      else skipped.push({ file, reason: `network ${network.name} is described by ${twin.file} already` });
    }
  }
  return { networks, skipped };
}

/** @returns the network, or why it can't be used. */
function readFile(text: string): Network | string {
  try {
    return parseNetwork(text);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/** True for the configuration by which genie itself is called, whatever its file is named. */
function isOurs({ plugins }: Network, config: Config): boolean {
  return plugins.some(({ type }) => type === config.type || type === "genie");
}

/**
 * Finds the network that is meant by `wish`: the file stem after its first `-`, then the JSON name, then the whole
 * stem; the first in file order where several match.
 */
export function findNetwork(wish: string, { networks }: NodeNetworks): NodeNetwork | undefined {
  return (
    networks.find(({ file }) => shortStem(file) === wish) ??
    networks.find(({ network }) => network.name === wish) ??
    networks.find(({ file }) => stem(file) === wish)
  );
}

/** As findNetwork. @throws {Failure} unknownNetwork, naming those that the node has. */
export function requireNetwork(wish: string, networks: NodeNetworks): NodeNetwork {
  const found = findNetwork(wish, networks);
  if (found !== undefined) return found;
  const known = networks.networks.map(({ network }) => network.name);
  throw new Failure("unknownNetwork", `no network is called ${JSON.stringify(wish.slice(0, 128))}`, {
    details: `networks of this node: ${known.length === 0 ? "none" : listSome(known, ", ")}`,
  });
}

function stem(file: string): string {
  return file.replace(/\.[^.]*$/, "");
}

function shortStem(file: string): string {
  return stem(file).replace(/^[^-]+-/, "");
}

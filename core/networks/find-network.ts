import type { Network } from "../spec/network.ts";
import type { NodeNetwork, NodeNetworks, Skipped } from "./candidates.ts";

/** Finds the network that is meant by `wish`: the first in file order where several match. */
export function findNetwork(wish: string, networks: NodeNetworks): NodeNetwork | undefined {
  return listMatches(wish, networks)[0];
}

/**
 * The networks that `wish` may mean, in file order: those with this file stem after its first `-`; where there is
 * none, the one with this JSON name; else those with this whole stem.
 */
export function listMatches(wish: string, { networks, twins = [] }: NodeNetworks): readonly NodeNetwork[] {
  const all = [...networks, ...twins].toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const matches = [
    all.filter(({ file }) => shortStem(file) === wish),
    networks.filter(({ network }) => network.name === wish),
    all.filter(({ file }) => stem(file) === wish),
  ];
  return matches.find(({ length }) => length > 0) ?? [];
}

/** The files that have the name of `wish`, but can't be used. */
export function listUnusable(wish: string, { skipped }: NodeNetworks): readonly Skipped[] {
  return skipped.filter(({ file }) => [shortStem(file), stem(file)].includes(wish));
}

/** The name by which findNetwork finds this network and no other: the one in its file, or else that of the file. */
export function findName({ name }: Network, networks: NodeNetworks): string | undefined {
  const one = networks.networks.find(({ network }) => network.name === name);
  if (one === undefined) return undefined;
  return [name, shortStem(one.file), stem(one.file)].find((word) => findNetwork(word, networks) === one);
}

/** A file's name without its extension. */
export function stem(file: string): string {
  return file.replace(/\.[^.]*$/, "");
}

/** As stem, from after the first `-`: `blue` of `10-blue.conflist`. Source: CNI-Genie, genie-controller.go. */
export function shortStem(file: string): string {
  return stem(file).replace(/^[^-]+-/, "");
}

import type { Definition } from "../cluster.ts";
import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import type { Pod } from "../intent/pod.ts";
import { type ConfFile, type Network, parseNetwork } from "../spec/network.ts";

/** What lies in the folder of the node's network configurations. */
export interface ConfFolder {
  readonly files: readonly ConfFile[];
  /** Files of `<folder>/<network name>/`, by network name; in the order of their names. */
  readonly pluginFilesByNetwork: ReadonlyMap<string, readonly ConfFile[]>;
}

/** A network that pods of this node can be attached to. */
export interface NodeNetwork {
  /** Of the conf folder; for a network that an object of the cluster describes, what that object is called. */
  readonly file: string;
  readonly network: Network;
  /** The object, where it is one. */
  readonly definition?: Definition;
  /** Of the device that the pod gets with it. */
  readonly deviceId?: string;
}

export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

export interface NodeNetworks {
  /** In the order of the file names, which is the configuration order of first-fit. */
  readonly networks: readonly NodeNetwork[];
  readonly skipped: readonly Skipped[];
  /** Those whose name another one has: only the names of their files lead to them. Absent where there are none. */
  readonly twins?: readonly NodeNetwork[];
}

/** What is at hand on the node when a wish is served. */
export interface Surroundings {
  readonly folder: ConfFolder;
  /** The networks of that folder. */
  readonly node: NodeNetworks;
  readonly config: Config;
  readonly pod: Pod;
  /** CNI_PATH: where the plugins are. */
  readonly path: readonly string[];
  /** Names of the networks that the pod gets by its earlier wishes. */
  readonly used: ReadonlySet<string>;
  /** Asked before a network is made for the pod. @throws {Failure} deniedByRule when the cluster's rules don't give it. */
  readonly requireLeft?: (one: NodeNetwork, from: string) => void;
}

/** Names under which genie's own program is installed. */
const OUR_TYPES = ["genie", "genie-standalone"];

/**
 * The networks of the node: every readable configuration that isn't genie's own, one of each name.
 * A file that can't be used is passed over with the reason, since one bad file must not stop the node.
 */
export function listNetworks(folder: ConfFolder, config: Pick<Config, "type">): NodeNetworks {
  const networks: NodeNetwork[] = [];
  const skipped: Skipped[] = [];
  const twins: NodeNetwork[] = [];
  for (const { name: file, text } of sortFiles(folder)) {
    const network = readFile(text, folder);
    if (typeof network === "string") skipped.push({ file, reason: network });
    else if (isOurs(network, config)) continue;
    else {
      const reason = findRefusal(network, networks);
      if (reason === undefined) networks.push({ file, network });
      else {
        skipped.push({ file, reason: `${reason}: only the name of the file leads to this one` });
        twins.push({ file, network });
      }
    }
  }
  return { networks, skipped, ...(twins.length > 0 && { twins }) };
}

/**
 * The file by which a runtime calls genie that takes the first one that can be used, as containerd and CRI-O do;
 * undefined where another one is the first. Source: libcni/conf.go, `ConfFiles`; go-cni, opts.go, `loadFromConfDir`.
 */
export function findOwnFile(folder: ConfFolder, config: Pick<Config, "type">): string | undefined {
  for (const { name, text } of sortFiles(folder)) {
    const network = readFile(text, folder);
    if (typeof network !== "string") return isOurs(network, config) ? name : undefined;
  }
  return undefined;
}

function sortFiles({ files }: ConfFolder): readonly ConfFile[] {
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns the network, or why it can't be used. */
function readFile(text: string, { pluginFilesByNetwork }: ConfFolder): Network | string {
  try {
    return parseNetwork(text, pluginFilesByNetwork);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/** True for the configuration by which genie itself is called, whatever its file is named. */
export function isOurs({ plugins }: Network, config: Pick<Config, "type">): boolean {
  return plugins.some(({ type }) => type === config.type || OUR_TYPES.includes(type));
}

/** Why a network can't be one of these; undefined when it can. Names tell attachments apart. */
export function findRefusal({ name }: Network, networks: readonly NodeNetwork[]): string | undefined {
  const twin = networks.find(({ network }) => network.name === name);
  return twin === undefined ? undefined : `network ${name} is described by ${twin.file} already`;
}

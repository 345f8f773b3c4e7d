import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import { INTERFACE_NAME_RULE, isInterfaceName } from "./interface-name.ts";
import { isObjectName, OBJECT_NAME_RULE } from "./object-name.ts";
import { toJson } from "../printable.ts";
import { mayDecide } from "../select/selection-config.ts";
import { isSystemPod, type Pod } from "./pod.ts";
import type { NodeTarget, PodIntent, Target, Wish } from "./intent.ts";

/** Most networks that one list may name. */
const MOST_ELEMENTS = 64;
const SHOWN = 64;

/**
 * Reads CNI-Genie's annotations: `cni`, a list of networks; `networks`, a list of LogicalNetworks, where `cni` is blank
 * or absent. Where both are, blank for `cni` means "genie chooses". Without either the pod gets `default_plugin`;
 * without that, genie chooses if it has a module to choose with.
 *
 * @throws {Failure} invalidConfig naming the place and the element.
 */
export function readGenieIntent(annotations: ReadonlyMap<string, string>, config: Config): PodIntent {
  const { cni, logical = "" } = { cni: annotations.get("cni"), logical: annotations.get("networks") };
  if (cni !== undefined && cni.trim() !== "") {
    const wishes = parseList(cni, 'annotation "cni"', (network) => ({ wants: "named", network }));
    return { wishes, naming: "eth" };
  }
  if (logical.trim() !== "") {
    return { wishes: parseList(logical, 'annotation "networks"', toLogical), naming: "eth" };
  }
  if (cni === undefined) return readDefaultIntent(config);
  return toIntent('annotation "cni"', { wants: "any", count: 1, isNoted: true });
}

function toLogical(name: string, from: string): Target {
  if (isObjectName(name)) return { wants: "logical", name };
  throw new Failure("invalidConfig", `${from}: ${toJson(name.slice(0, SHOWN))} is no name of an object`, {
    details: OBJECT_NAME_RULE,
  });
}

/** What a pod gets that asks for nothing. */
export function readDefaultIntent(config: Config): PodIntent<NodeTarget> {
  const standard = config.default_plugin ?? "";
  if (standard.trim() !== "") {
    const wishes = parseList(standard, "default_plugin", (network) => ({ wants: "default", network }));
    return { wishes, naming: "eth" };
  }
  return mayDecide(config.genie.selection)
    ? toIntent("genie.selection", { wants: "any", count: 1, isDefault: true })
    : toIntent("genie.confDir", { wants: "first" });
}

function toIntent(from: string, target: NodeTarget): PodIntent<NodeTarget> {
  return { wishes: [{ from, target, ifName: undefined }], naming: "eth" };
}

/** More networks that the admin gives to every pod but those that keep the cluster alive. */
export function readMoreDefaults(pod: Pod, { genie }: Config): readonly Wish<NodeTarget>[] {
  if (genie.defaultNetworks.length === 0 || isSystemPod(pod)) return [];
  const text = genie.defaultNetworks.join(",");
  return parseList(text, "genie.defaultNetworks", (network) => ({ wants: "default", network }));
}

/** `name[@interface]`, separated by commas; white space around each counts for nothing. Source: genie-controller.go. */
function parseList<Kind extends Target>(
  text: string,
  from: string,
  toTarget: (name: string, place: string) => Kind,
): readonly Wish<Kind>[] {
  const elements = text.split(",", MOST_ELEMENTS + 1);
  if (elements.length > MOST_ELEMENTS) {
    throw new Failure("invalidConfig", `${from}: names more than ${MOST_ELEMENTS} networks`);
  }
  return elements.map((element, at) => {
    const place = `${from}, element ${at + 1}`;
    const [name = "", ifName = ""] = element.split("@", 2).map((part) => part.trim());
    if (name === "") throw new Failure("invalidConfig", `${place}: the network's name is missing`);
    if (ifName === "") return { from: place, target: toTarget(name, place), ifName: undefined };
    return { from: place, target: toTarget(name, place), ifName: parseInterfaceName(ifName, place) };
  });
}

/** @throws {Failure} invalidConfig for what is no interface name, or not one that a person can tell from others. */
export function parseInterfaceName(name: string, from: string): string {
  if (isInterfaceName(name)) return name;
  const shown = toJson(name.slice(0, SHOWN));
  throw new Failure("invalidConfig", `${from}: ${shown} is no interface name`, {
    details: INTERFACE_NAME_RULE,
  });
}

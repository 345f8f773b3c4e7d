import { Failure } from "../errors.ts";

/** Verbs that this plugin serves. Source: CNI SPEC.md, "CNI operations". */
export const VERBS = ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"] as const;
export type Verb = (typeof VERBS)[number];

/** One call of the plugin, as the runtime made it; what its verb doesn't use is empty. Source: CNI SPEC.md, "Parameters". */
export interface Invocation {
  readonly verb: Verb;
  readonly containerId: string;
  /** Path of the network namespace; empty on DEL when it is already gone. */
  readonly netns: string;
  readonly ifName: string;
  /** CNI_ARGS as the runtime set it, until the wishes in it are read. */
  readonly args: string;
  /** Folders in which plugins are looked for. */
  readonly path: readonly string[];
}

interface Variable {
  readonly name: string;
  readonly requiredBy: readonly Verb[];
  /** Used by these where it is set. */
  readonly optionalFor: readonly Verb[];
  readonly shape: RegExp;
}

/** Names files in the ledger, hence the bound. Source: SPEC.md, "Parameters". */
export const CONTAINER_ID = /^[a-zA-Z0-9][\w.-]{0,199}$/;
/** As Linux has them. Source: SPEC.md, "Parameters". */
export const INTERFACE_NAME = /^(?!\.\.?$)[^/:\s\0]{1,15}$/;

/** A row per variable. Source: pkg/skel/skel.go, `getCmdArgsFromEnv`. */
const VARIABLES: readonly Variable[] = [
  {
    name: "CNI_CONTAINERID",
    requiredBy: ["ADD", "DEL", "CHECK"],
    optionalFor: [],
    shape: CONTAINER_ID,
  },
  { name: "CNI_NETNS", requiredBy: ["ADD", "CHECK"], optionalFor: ["DEL"], shape: /^\/[^\0\n]{1,4094}$/ },
  {
    name: "CNI_IFNAME",
    requiredBy: ["ADD", "DEL", "CHECK"],
    optionalFor: [],
    shape: INTERFACE_NAME,
  },
  { name: "CNI_ARGS", requiredBy: [], optionalFor: ["ADD", "DEL", "CHECK"], shape: /^[^\0\n]{1,65536}$/ },
  {
    name: "CNI_PATH",
    requiredBy: ["ADD", "DEL", "CHECK", "GC", "STATUS"],
    optionalFor: [],
    shape: /^[^\0\n]{1,65536}$/,
  },
];

/**
 * Reads the CNI_* variables that the verb uses. VERSION uses none: podman sends it dummy values.
 *
 * @throws {Failure} invalidEnvironment, naming every variable that is missing or misshapen.
 */
export function parseInvocation(env: Readonly<Record<string, string | undefined>>): Invocation {
  const verb = parseVerb(env["CNI_COMMAND"] ?? "");
  const used = VARIABLES.filter(
    ({ requiredBy, optionalFor }) => requiredBy.includes(verb) || optionalFor.includes(verb),
  );
  const faults = used.flatMap((row) => findFault(row, verb, env[row.name] ?? ""));
  if (faults.length > 0) {
    throw new Failure("invalidEnvironment", `bad CNI environment for ${verb}: ${faults.join("; ")}`);
  }
  const read = (name: string): string => (used.some((row) => row.name === name) ? (env[name] ?? "") : "");
  return {
    verb,
    containerId: read("CNI_CONTAINERID"),
    netns: read("CNI_NETNS"),
    ifName: read("CNI_IFNAME"),
    args: read("CNI_ARGS"),
    path: read("CNI_PATH")
      .split(":")
      .filter((folder) => folder.startsWith("/")),
  };
}

function parseVerb(command: string): Verb {
  const verb = VERBS.find((known) => known === command);
  if (verb !== undefined) return verb;
  const said =
    command === "" ? "CNI_COMMAND is missing" : `CNI_COMMAND ${JSON.stringify(command)} is not served`;
  throw new Failure("invalidEnvironment", `${said}: it must be one of ${VERBS.join(", ")}`);
}

function findFault({ name, requiredBy, shape }: Variable, verb: Verb, value: string): string[] {
  if (value === "") return requiredBy.includes(verb) ? [`${name} is missing`] : [];
  return shape.test(value) ? [] : [`${name} is malformed`];
}

/** Reads CNI_ARGS (`KEY=value;KEY=value`). Pairs without `=` are passed over: CNI_ARGS belongs to the runtime. */
export function toArgMap(args: string): ReadonlyMap<string, string> {
  const pairs = args.split(";").flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : [];
  });
  return new Map(pairs);
}

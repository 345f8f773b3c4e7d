import { Failure } from "../errors.ts";

/** Verbs that this plugin serves. Source: CNI SPEC.md, "CNI operations". */
export const VERBS = ["ADD", "DEL", "VERSION"] as const;
export type Verb = (typeof VERBS)[number];

/** One call of the plugin, as the runtime made it. Source: CNI SPEC.md, "Parameters". */
export interface Invocation {
  readonly verb: Verb;
  readonly containerId: string;
  /** Path of the network namespace; empty on DEL when it is already gone. */
  readonly netns: string;
  readonly ifName: string;
  /** CNI_ARGS, kept whole: delegates get it as it came. */
  readonly args: string;
  /** Folders in which plugins are looked for. */
  readonly path: readonly string[];
}

/** One row per variable: who requires it, and what it must look like. Ids name files in the ledger: bounded. */
const VARIABLES = [
  { name: "CNI_CONTAINERID", requiredBy: ["ADD", "DEL"], shape: /^[a-zA-Z0-9][\w.-]{0,199}$/ },
  { name: "CNI_NETNS", requiredBy: ["ADD"], shape: /^\/[^\0\n]{1,4094}$/ },
  { name: "CNI_IFNAME", requiredBy: ["ADD", "DEL"], shape: /^(?!\.\.?$)[^/:\s\0]{1,15}$/ },
  { name: "CNI_ARGS", requiredBy: [], shape: /^[^\0\n]{1,65536}$/ },
  { name: "CNI_PATH", requiredBy: ["ADD", "DEL"], shape: /^[^\0\n]{1,65536}$/ },
] as const satisfies readonly { name: string; requiredBy: readonly Verb[]; shape: RegExp }[];

/**
 * Reads the CNI_* variables. VERSION needs none of them: podman sends it dummy values.
 *
 * @throws {Failure} invalidEnvironment, naming every variable that is missing or misshapen.
 */
export function parseInvocation(env: Readonly<Record<string, string | undefined>>): Invocation {
  const verb = parseVerb(env["CNI_COMMAND"] ?? "");
  const faults =
    verb === "VERSION" ? [] : VARIABLES.flatMap((row) => findFault(row, verb, env[row.name] ?? ""));
  if (faults.length > 0) {
    throw new Failure("invalidEnvironment", `bad CNI environment for ${verb}: ${faults.join("; ")}`);
  }
  return {
    verb,
    containerId: env["CNI_CONTAINERID"] ?? "",
    netns: env["CNI_NETNS"] ?? "",
    ifName: env["CNI_IFNAME"] ?? "",
    args: env["CNI_ARGS"] ?? "",
    path: (env["CNI_PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/")),
  };
}

function parseVerb(command: string): Verb {
  const verb = VERBS.find((known) => known === command);
  if (verb !== undefined) return verb;
  const said =
    command === "" ? "CNI_COMMAND is missing" : `CNI_COMMAND ${JSON.stringify(command)} is not served`;
  throw new Failure("invalidEnvironment", `${said}: it must be one of ${VERBS.join(", ")}`);
}

function findFault(row: (typeof VARIABLES)[number], verb: Verb, value: string): string[] {
  if (value === "") return row.requiredBy.some((known) => known === verb) ? [`${row.name} is missing`] : [];
  return row.shape.test(value) ? [] : [`${row.name} is malformed`];
}

/**
 * Reads CNI_ARGS (`KEY=value;KEY=value`). Pairs without `=` are passed over: CNI_ARGS belongs to the runtime,
 * and delegates get it whole.
 */
export function toArgMap(args: string): ReadonlyMap<string, string> {
  const pairs = args.split(";").flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : [];
  });
  return new Map(pairs);
}

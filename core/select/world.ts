import type { ModuleKind } from "./request.ts";

/** The names of `selectors/wit/world.wit`, as they stand in the binaries of modules. */

export const PACKAGE = "genie:selection";

/** A version of the world. Its patch says nothing to a host. */
export interface WorldVersion {
  readonly major: number;
  readonly minor: number;
}

/** What this host serves: modules of this major version, up to this minor version. */
export const SERVED: WorldVersion = { major: 1, minor: 0 };

/** Reads `1.0.0`; undefined when it isn't a version. */
export function findVersion(text: string): WorldVersion | undefined {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})\.\d{1,4}$/.exec(text) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

/** Whether a host that serves `host` runs a module that is built for `version`. */
export function isServed(version: WorldVersion, host: WorldVersion): boolean {
  return version.major === host.major && version.minor <= host.minor;
}

/** Stands before the name of each interface of the package. */
export const INTERFACE_PREFIX = `${PACKAGE}/`;

export const TYPES_INTERFACE = `${INTERFACE_PREFIX}types`;

/** The interface that a module of each kind answers through. */
export const INTERFACE_BY_KIND = {
  scorer: `${INTERFACE_PREFIX}scoring`,
  selector: `${INTERFACE_PREFIX}selecting`,
} as const satisfies Record<ModuleKind, string>;

/** The one function of that interface; an author's file exports it under the same name. */
export const FUNCTION_BY_KIND = {
  scorer: "score",
  selector: "select",
} as const satisfies Record<ModuleKind, string>;

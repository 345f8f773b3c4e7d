import type { ModuleKind } from "./request.ts";

/** The names of `selectors/wit/world.wit`, as they stand in the binaries of modules. */

const PACKAGE = "genie:selection";

/** Modules of this major version are served, up to this minor version. */
export const WORLD_MAJOR = 1;
export const WORLD_MINOR = 0;
export const WORLD_VERSION = `${WORLD_MAJOR}.${WORLD_MINOR}.0`;

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

import type { ModuleKind } from "../../core/select/request.ts";
import { INTERFACE_BY_KIND, PACKAGE, SERVED } from "../../core/select/world.ts";

/** What a component with these exports is for; undefined when it's neither, or both. */
export function findKind(exports: readonly string[]): ModuleKind | undefined {
  const has = (kind: ModuleKind) => findInterface(kind, exports) !== undefined;
  if (has("scorer") === has("selector")) return undefined;
  return has("scorer") ? "scorer" : "selector";
}

/** The world that it is built for, `genie:selection@1.0.0`; undefined when it has no kind. */
export function findWorld(exports: readonly string[]): string | undefined {
  const kind = findKind(exports);
  const name = kind && findInterface(kind, exports);
  return name && `${PACKAGE}${name.slice(name.indexOf("@"))}`;
}

function findInterface(kind: ModuleKind, exports: readonly string[]): string | undefined {
  return exports.find((name) => name.startsWith(`${INTERFACE_BY_KIND[kind]}@${SERVED.major}.`));
}

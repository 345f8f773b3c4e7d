import path from "node:path";
import { Failure } from "../../core/errors.ts";
import { parseReference, type Reference } from "../../registry/reference.ts";

/** Where artifacts are brought to. */
export type MirrorTarget =
  | { readonly kind: "archive"; readonly file: string }
  | { readonly kind: "registry"; readonly host: string; readonly prefix: string }
  | { readonly kind: "store"; readonly folder: string };

/** What `--to` names: a file that ends in `.tar`, else a registry and what comes before each repository there. */
export function parseTarget(to: string): MirrorTarget {
  if (path.extname(to) === ".tar") return { kind: "archive", file: to };
  const { host, repository } = parseReference(`${to.replace(/\/$/, "")}/x:1`);
  return { kind: "registry", host, prefix: repository.slice(0, -1) };
}

/** Where other tools' artifacts belong that have only a tag. @throws {RegistryFailure} invalidReference */
export function parseHome(repository: string): Pick<Reference, "host" | "repository"> {
  return parseReference(`${repository}:1`);
}

/** The name that an artifact gets: repositories keep theirs below the prefix of the registry. */
export function planMirrored(reference: Reference, target: MirrorTarget): Reference {
  if (target.kind !== "registry") return reference;
  const { host, prefix } = target;
  return { ...reference, host, repository: `${prefix}${reference.repository}` };
}

/** @throws {Failure} invalidConfig for two artifacts that would get one name */
export function checkDistinct(targets: readonly string[]): void {
  const twice = targets.find((target, at) => targets.indexOf(target) !== at);
  if (twice === undefined) return;
  throw new Failure("invalidConfig", `two of these would both be ${twice}`, {
    details: "mirror them into prefixes of their own",
  });
}

import { RegistryFailure } from "../errors.ts";
import type { Reference } from "../reference.ts";
import { formatRepository, parseRepository } from "../repository-name.ts";
import { ROLL_UP_TAG } from "./tags.ts";

/** Reads a catalogue's name: `host/repository`, or the tag of its roll-up. @throws {RegistryFailure} invalidReference */
export function parseCatalogueName(text: string): Reference {
  const suffix = `:${ROLL_UP_TAG}`;
  const name = text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  return { ...parseRepository(name), tag: ROLL_UP_TAG, digest: undefined };
}

/** Which version of which module `host/repository:version` is. @throws {RegistryFailure} invalidReference */
export function toModuleVersion(reference: Reference): { repository: string; version: string } {
  const { tag, digest } = reference;
  const fail = (why: string): never => {
    throw new RegistryFailure("invalidReference", `${formatRepository(reference)} ${why}`, {
      todo: "write registry/repository:version, with a tag that will never move",
    });
  };
  if (tag === undefined || digest !== undefined) return fail("needs a version and no digest");
  if (MOVING_TAGS.has(tag)) return fail(`:${tag} is no version: such a tag moves`);
  if (tag.startsWith("sha256-")) return fail(`:${tag} is where signatures are kept`);
  return { repository: formatRepository(reference), version: tag };
}

const MOVING_TAGS: ReadonlySet<string> = new Set(["latest", "stable", "edge", "main", "master", "dev"]);

import { type Digest, isDigest } from "./digest.ts";
import { RegistryFailure } from "./errors.ts";

/** Where a module lies. At least one of tag and digest is there. */
export interface Reference {
  /** `host`, `host:port` or `[v6]:port`. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** Source: OCI distribution-spec, "Pulling manifests"; the host's grammar is RFC 3986's, without user info. */
const REFERENCE =
  /^(?<host>\[[0-9a-fA-F:.]+\](?::\d{1,5})?|[a-zA-Z0-9.-]+(?::\d{1,5})?)\/(?<repository>[^:@]+)(?::(?<tag>[^@]*))?(?:@(?<digest>.*))?$/;
const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d+)?$/;
const NAME = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${NAME}(?:/${NAME})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const MAX_PART_LENGTH = 255;
/** As long as a configuration takes it. */
const MAX_LENGTH = 512;

/** @throws {RegistryFailure} invalidReference, naming the part that is wrong. */
export function parseReference(text: string): Reference {
  const fail = (why: string): never => {
    throw new RegistryFailure(
      "invalidReference",
      `${JSON.stringify(text.slice(0, MAX_LENGTH))} is no module reference: ${why}`,
    );
  };
  const groups = text.length > MAX_LENGTH ? undefined : REFERENCE.exec(text)?.groups;
  if (groups === undefined) return fail("it must begin with the registry's host");
  const { host = "", repository = "", tag, digest } = groups;
  // As docker and podman tell a host from the first part of a path: by a dot, a port, or the name localhost.
  if (!/[.:]/.test(host) && host !== "localhost")
    return fail(`${host} is no host; the registry must be named`);
  if (!isHost(host)) return fail("bad host");
  if (!REPOSITORY.test(repository) || repository.length > MAX_PART_LENGTH) return fail("bad repository name");
  if (tag !== undefined && !isTag(tag)) return fail("bad tag");
  if (digest !== undefined && !isDigest(digest)) return fail("bad digest");
  if (tag === undefined && digest === undefined) return fail("it has neither tag nor digest");
  return { host, repository, tag, digest };
}

/** `host`, `host:port` or `[v6]:port`. */
export function isHost(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MAX_PART_LENGTH) return false;
  return HOST.test(value) && URL.canParse(`https://${value}`);
}

export function isTag(value: unknown): value is string {
  return typeof value === "string" && TAG.test(value);
}

/** The text that `parseReference` reads back to the same reference. */
export function formatReference({ host, repository, tag, digest }: Reference): string {
  return `${host}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The reference as a configuration should hold it: this digest and no tag. */
export function pinReference({ host, repository }: Reference, digest: Digest): string {
  return formatReference({ host, repository, tag: undefined, digest });
}

/** Goes by this name; its API is elsewhere. */
export const DOCKER_HUB = "docker.io";

/** The host that answers for a registry. */
export function toApiHost(host: string): string {
  return host === DOCKER_HUB ? "registry-1.docker.io" : host;
}

/** On this very machine. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}

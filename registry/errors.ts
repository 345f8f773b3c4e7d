/**
 * Every way a registry or the store can fail, in one table.
 * The text is what the person who reads the error can do about it.
 */
const TODO_BY_KIND = {
  invalidReference: "write registry/repository:tag or registry/repository@sha256:<64 hex digits>",
  unreachable: "check the registry's name and port, and the way to it",
  badCertificate:
    "check the registry's certificate; name who vouches for it with --ca FILE or in /etc/genie/registries.json",
  timeout: "try again; a registry that stays this slow needs mending",
  truncated: "try again; a proxy or the registry cuts answers short",
  tooLarge: "a module may have 16 MiB; ask its publisher what this is",
  addressDenied:
    "only a registry on this machine may answer from a loopback address, and none from a link-local one",
  badRedirect: "tell the registry's operator where it sends its clients",
  badAnswer: "check that this is an OCI registry and not another server",
  digestMismatch: "don't use these bytes; ask the registry's operator and the module's publisher",
  sizeMismatch: "don't use these bytes; ask the publisher what this is",
  notModule: "push it with geniectl push, or name another reference",
  badManifest: "ask its publisher what this is",
  notComponent: "build a component with geniectl build",
  invalidAnnotation: "write KEY=VALUE on one line, with a key such as org.example.team",
  unauthorized: "log in with docker login or podman login, or check the password there",
  denied: "ask the registry's operator for the right to do this",
  notFound: "check repository and tag; was it pushed?",
  outOfStep: "try again; a proxy or the registry loses what it is sent",
  contended: "try again when fewer write to the same place at once",
  versionTaken: "publish it under the next version: what a version leads to never changes",
  unsupported: "ask the registry's operator to allow it, or use another registry",
  rateLimited: "wait, or log in: most registries allow more then",
  registryError: "try again; see the registry's own log",
  invalidHostSettings: "mend the file that is named",
  invalidProxy:
    "write http://HOST:PORT there, or name the registry's host in NO_PROXY; no other proxies are served",
  invalidCredentials: "mend the credential file that is named, or log in again",
  badArchive: "make it anew with geniectl mirror --to FILE.tar, or ask who made it",
  credentialHelper: "mend the helper or its entry in the file, or log in again",
  damagedStore: "pull the module again",
  storeFailed: "check the folder that is named, its owner and its free space",
  invalidKey: "name a PEM file with a key of ECDSA P-256, P-384 or Ed25519, as geniectl keygen makes one",
  invalidPolicy: "mend the trust policy; until then no module is loaded, pulled or pinned",
  untrusted:
    "name another module or version, or have it signed with a key that the policy names if that is what it lacks",
  busy: "try again in a moment",
  storeBusy: "another process holds the store; try again when it's done",
} as const satisfies Record<string, string>;

export type RegistryFailureKind = keyof typeof TODO_BY_KIND;

/** A failure of a registry or of the store that the caller can act on. A bug stays a plain Error. */
export class RegistryFailure extends Error {
  override readonly name = "RegistryFailure";
  readonly kind: RegistryFailureKind;
  /** What to do about it; one clause without a full stop. */
  readonly todo: string;
  /** The least time to wait before the same call may succeed; undefined when trying again is no use. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: RegistryFailureKind,
    message: string,
    more: { todo?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.todo = more.todo ?? TODO_BY_KIND[kind];
    this.retryAfterMs = more.retryAfterMs;
  }
}

const AWAY: readonly RegistryFailureKind[] = [
  "unreachable",
  "timeout",
  "notFound",
  "unauthorized",
  "denied",
  "rateLimited",
  "registryError",
];

/** Whether something can't be had just now, which says nothing bad of it. */
export function isAway(error: unknown): error is RegistryFailure {
  return error instanceof RegistryFailure && AWAY.includes(error.kind);
}

/**
 * Every failure the plugin can answer with, in one table.
 * Codes 1–99 belong to the CNI specification (SPEC.md, "Error"); ours start at 100.
 * `todo` is what the person who reads the answer can do about it.
 */
export const FAILURES = {
  incompatibleVersion: { code: 1, todo: "use one of the CNI versions that VERSION lists" },
  unknownContainer: { code: 3, todo: "nothing is left to be undone; call ADD" },
  invalidEnvironment: { code: 4, todo: "the runtime must set the CNI_* variables that the verb needs" },
  ioFailure: { code: 5, todo: "check the folder that is named, its owner and its free space" },
  decodingFailure: { code: 6, todo: "hand over one JSON object on stdin" },
  invalidConfig: { code: 7, todo: "mend the field that is named" },
  tryAgainLater: { code: 11, todo: "the runtime tries again by itself; see the details if it goes on" },
  notReady: { code: 50, todo: "see why each network is not ready; pods can't be attached until one is" },
  noCandidate: { code: 101, todo: "see who rejected which network, and loosen that module's settings" },
  deniedByRule: { code: 102, todo: "ask for a network that the pod may use" },
  unknownNetwork: { code: 103, todo: "ask for a network that the node has" },
  alreadyAttached: { code: 104, todo: "call DEL before ADD is called again for the same interface" },
  notAttached: {
    code: 105,
    todo: "call DEL and then ADD: the container has not the network that it should have",
  },
  moduleFailed: { code: 110, todo: "mend the module, or let it fall back (onFailure: fallback)" },
  delegateFailed: { code: 120, todo: "see the network's own plugin, which is named" },
} as const satisfies Record<string, { code: number; todo: string }>;

export type FailureKind = keyof typeof FAILURES;

/** Each file that is bundled by itself has this class of its own; one failure is like the other. */
const FAILURE = Symbol.for("genie.Failure");

interface FailureMore {
  readonly details?: string;
  readonly place?: string;
  readonly cause?: unknown;
}

/** A failure that the caller can act on. A bug stays a plain Error and is answered as code 999. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly [FAILURE] = true;
  readonly kind: FailureKind;
  readonly details: string;
  /** Which attachment it is about, such as `network blue, interface eth0`; empty where it is about none. */
  readonly place: string;

  constructor(kind: FailureKind, message: string, more: FailureMore = {}) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.details = more.details ?? "";
    this.place = more.place ?? "";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && FAILURE in value;
  }
}

/** The JSON object that a CNI plugin prints on stdout before it exits with 1. Source: SPEC.md, "Error". */
export interface WireError {
  readonly cniVersion: string;
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

/** A delegate's own error: its code and words reach the runtime, and to its details the place is added. */
export class DelegateError extends Error {
  override readonly name = "DelegateError";
  readonly plugin: string;
  readonly wire: WireError;
  /** As a Failure's. */
  readonly place: string;

  constructor(plugin: string, wire: WireError, place = "") {
    super(wire.msg);
    this.plugin = plugin;
    this.wire = wire;
    this.place = place;
  }
}

/** What the runtime is told. Never holds a stack trace. */
export function toWire(error: unknown, cniVersion: string): WireError {
  if (error instanceof DelegateError) {
    return { ...error.wire, cniVersion, details: joinTexts(error.wire.details, error.place) };
  }
  if (error instanceof Failure) {
    const { code, todo } = FAILURES[error.kind];
    const details = joinTexts(error.details === "" ? todo : error.details, error.place);
    return { cniVersion, code, msg: error.message, details };
  }
  const msg = error instanceof Error ? error.message : String(error);
  return { cniVersion, code: 999, msg: `a bug in genie: ${msg}`, details: "" };
}

/** Those that say something, in one text. */
export function joinTexts(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => (text ?? "") !== "").join("; ");
}

/** Most items of a list that an error names. */
const LISTED = 16;

/** The items as text, the first ones where they are many: errors end up in events and logs. */
export function listSome(items: readonly string[], separator: string): string {
  const more = items.length - LISTED;
  const listed = items.slice(0, LISTED).join(separator);
  return more > 0 ? `${listed}${separator}and ${more} more` : listed;
}

/** The `code` of a system error such as ENOENT; undefined when `error` is something else. */
export function findErrno(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

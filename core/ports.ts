import type { ConfFile, NodeNetwork } from "./networks/candidates.ts";
import type { Sample } from "./kpi/names.ts";
import type { ModuleSource, Sandbox } from "./sandbox/port.ts";
import type { Decision } from "./select/decision.ts";
import type { Pod } from "./intent/pod.ts";

/** One run of a native plugin. */
export interface PluginCall {
  readonly verb: "ADD" | "DEL";
  /** Base name; looked for in `path`. */
  readonly plugin: string;
  readonly containerId: string;
  readonly netns: string;
  readonly ifName: string;
  readonly args: string;
  readonly path: readonly string[];
  /** The plugin's configuration, JSON. */
  readonly stdin: string;
}

export type PluginOutcome =
  | { readonly ended: "exited"; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly ended: "notFound" }
  | { readonly ended: "late"; readonly deadlineMs: number }
  | { readonly ended: "killed"; readonly signal: string }
  | { readonly ended: "tooMuchOutput"; readonly limitBytes: number };

/** Runs one native plugin. The only door from the core to the outside that changes the host. */
export interface Exec {
  run(call: PluginCall, signal: AbortSignal): Promise<PluginOutcome>;
}

/** How to undo one plugin's ADD: run DEL with exactly this. */
export interface UndoStep {
  readonly plugin: string;
  readonly stdin: string;
}

/** One network joined to one container under one interface name, and how to undo it. */
export interface Attachment {
  readonly containerId: string;
  readonly ifName: string;
  readonly network: string;
  /** Where the container was attached; DEL uses the namespace of its own call, which may be gone. */
  readonly netns: string;
  readonly args: string;
  /** `planned` until every plugin of the chain has succeeded. */
  readonly state: "planned" | "attached";
  /** In the order in which they are to be run. */
  readonly undo: readonly UndoStep[];
}

/**
 * What this node has attached, on disk before it is done.
 *
 * @throws {Failure} ioFailure from every method when the disk says no.
 */
export interface Ledger {
  /** One caller a container at a time. @throws {Failure} tryAgainLater when it stays taken until the deadline, or the signal comes. */
  lock(containerId: string, signal: AbortSignal): Promise<AsyncDisposable>;
  /** All attachments of a container, oldest first. */
  read(containerId: string): Promise<readonly Attachment[]>;
  /** Replaces the container's attachments; durable when it returns. An empty list removes the entry. */
  write(containerId: string, attachments: readonly Attachment[]): Promise<void>;
}

export interface DecisionEntry {
  readonly containerId: string;
  readonly pod: Pod;
  readonly decision: Decision;
}

export interface Log {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Everything that ADD needs from outside the core. */
export interface AddPorts {
  readonly exec: Exec;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly confFiles: () => Promise<readonly ConfFile[]>;
  /** What can be measured of these networks now. A source that can't be read gives no sample. */
  readonly samples: (networks: readonly NodeNetwork[]) => Promise<readonly Sample[]>;
  readonly modules: ModuleSource;
  /** Starts the guest process. Called at most once, and only when a module is to be asked. */
  readonly openSandbox: () => Sandbox;
  readonly recordDecision: (entry: DecisionEntry) => Promise<void>;
  /** Stable for one pod, unknown to its owner. */
  readonly seed: (podKey: string) => Promise<bigint>;
  readonly nodeName: string;
  /** Monotonic milliseconds, and milliseconds since the epoch. */
  readonly clock: { readonly monotonicMs: () => number; readonly wallMs: () => number };
  readonly signal: AbortSignal;
}

export type DelPorts = Pick<AddPorts, "exec" | "ledger" | "log" | "signal">;

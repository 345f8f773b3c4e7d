import type { JsonObject } from "./spec/json.ts";
import type { ConfFolder, NodeNetwork } from "./networks/candidates.ts";
import type { PodDevices } from "./networks/devices/checkpoint.ts";
import type { HostRoutes } from "./networks/generated.ts";
import type { Sample } from "./kpi/names.ts";
import type { ModuleSource, Sandbox } from "./sandbox/port.ts";
import type { Decision } from "./select/decision.ts";
import type { SelectionConfig } from "./select/selection-config.ts";
import type { HealthBook } from "./select/health/book.ts";
import type { Cluster } from "./cluster.ts";
import type { Pod } from "./intent/pod.ts";

/** One run of a native plugin. */
export interface PluginCall {
  readonly verb: "ADD" | "DEL" | "CHECK" | "GC" | "STATUS";
  /** Base name; looked for in `path`. */
  readonly plugin: string;
  /** Empty for GC and STATUS, as are `netns`, `ifName` and `args`. */
  readonly containerId: string;
  /** Empty on DEL when the namespace is gone. */
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

/** Runs native plugins. */
export interface Exec {
  run(call: PluginCall, signal: AbortSignal): Promise<PluginOutcome>;
  /** Is this plugin in one of these folders? */
  has(plugin: string, path: readonly string[]): Promise<boolean>;
}

/** One plugin of an attachment's chain: what its DEL and its CHECK get on stdin. */
export interface PluginStep {
  readonly plugin: string;
  /** The plugin's configuration; with the final `prevResult` once ADD has succeeded. */
  readonly stdin: string;
}

/** The network namespace of a container, as ADD found it. */
export interface Namespace {
  readonly path: string;
  /**
   * Device, inode and, where it lasts, the inode's time in nanoseconds, such as `4:4026532281@1795503749398640271`;
   * empty when nothing was there. Both the path and the inode's number may be used again.
   */
  readonly identity: string;
  /** Device and inode of the folder of `path`, by which a caller knows that it sees the same files. */
  readonly folder: string;
}

/** One network joined to one container under one interface name, and how to undo it. */
export interface Attachment {
  readonly containerId: string;
  readonly ifName: string;
  readonly network: string;
  /** The CNI version in which its plugins are spoken to. */
  readonly cniVersion: string;
  /** Who asked for it: the name in genie's own configuration, and CNI_IFNAME. DEL, CHECK and GC name it by these. */
  readonly caller: { readonly network: string; readonly ifName: string };
  readonly namespace: Namespace;
  /** Of the boot in which it was attached; nothing of it lives in another one. */
  readonly bootId: string;
  readonly args: string;
  /** CNI_PATH at ADD: where a call that cleans up finds the plugins. DEL brings its own. */
  readonly path: readonly string[];
  /** `planned` until every plugin's ADD has succeeded; `leaving` once a DEL was tried and something is left. */
  readonly state: "planned" | "attached" | "leaving";
  /** The network's `disableCheck`. */
  readonly checked: boolean;
  /** In the order of ADD; undone from the last to the first. A step that was undone is gone from here. */
  readonly steps: readonly PluginStep[];
}

/**
 * What this node has attached, on disk before it is done.
 *
 * @throws {Failure} ioFailure from every method when the disk says no.
 */
export interface Ledger {
  /**
   * One caller a container at a time; whoever gets it finds no delegate of an earlier, crashed caller still running,
   * unless the kernel took more than ten seconds to end one.
   * On a disk that takes no file there is no lock, since nobody could write an entry either.
   *
   * @throws {Failure} tryAgainLater when it stays taken until the deadline, or the signal comes.
   */
  lock(containerId: string, signal: AbortSignal): Promise<AsyncDisposable>;
  /** As lock, but without waiting: undefined when another has it. Fails on a disk that takes no file. */
  tryLock(containerId: string): Promise<AsyncDisposable | undefined>;
  /** The containers that have an entry, in no order. */
  list(): Promise<readonly string[]>;
  read(containerId: string): Promise<LedgerEntry>;
  /** Replaces the container's attachments; durable when it returns. An empty list removes the entry. */
  write(containerId: string, attachments: readonly Attachment[]): Promise<void>;
  /** Takes an entry that can't be read out of the way, under a name that tells. */
  setAside(containerId: string): Promise<void>;
  /** Returns if an entry could be written now. */
  probe(): Promise<void>;
}

export interface LedgerEntry {
  /** Oldest first. */
  readonly attachments: readonly Attachment[];
  /**
   * Set when the file is torn, foreign or of a newer genie: what it seems to hold. These are hints, since nothing
   * vouches for them.
   */
  readonly hints: readonly AttachmentHint[] | undefined;
}

export type AttachmentHint = Pick<Attachment, "network" | "ifName">;

/** What the kernel says of itself and of namespaces. */
export interface Kernel {
  readonly bootId: () => Promise<string>;
  /** Who is at this path now, as in Namespace; empty when nobody is. */
  readonly identify: (path: string) => Promise<string>;
  /** The folder of this path, as in Namespace; empty when there is none. */
  readonly locate: (path: string) => Promise<string>;
  /** Is any process in a namespace of this inode, as far as we may look at processes? */
  readonly isInhabited: (identity: string) => Promise<boolean>;
}

/**
 * What device plugins and delegates tell of the devices that they hand out, in files where other programs look for
 * it. A disk that says no is warned about and stops nothing. Source: NPWG device information specification.
 */
export interface DeviceFiles {
  /** The file of one attachment. @param network as `namespace/name` where an object describes it. */
  readonly locate: (attachment: { network: string } & AttachedAs) => string;
  /** Begins it with what the device plugin has told, and with nothing where it hasn't: another pod's may be there. */
  readonly begin: (file: string, device: Device | undefined) => Promise<void>;
  /** What it says now. */
  readonly find: (file: string) => Promise<JsonObject | undefined>;
  /** Nothing but a file of this attachment: a network's configuration may name another one's. */
  readonly remove: (file: string, attachment: AttachedAs) => Promise<void>;
}

type AttachedAs = Pick<Attachment, "containerId" | "ifName">;

/** One device of a resource of the kubelet's. */
export interface Device {
  readonly resource: string;
  readonly id: string;
}

export interface DecisionEntry {
  readonly containerId: string;
  readonly pod: Pod;
  /** What the interfaces are called that were decided for. */
  readonly interfaces: readonly string[];
  readonly decision: Decision;
}

/** What is remembered of modules from decision to decision. A disk that says no is warned about and stops nothing. */
export interface Health {
  /** The whole book; an empty one where there is none, or a damaged one. */
  read(): Promise<HealthBook>;
  /** Reads, changes and replaces the book. Of two calls at the same time, one may be lost. */
  update(change: (book: HealthBook) => HealthBook): Promise<void>;
}

export interface Log {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What it takes to configure a network that pods name and nobody configured. */
export interface ConfMaker {
  /** @throws {Failure} ioFailure when they can't be read, or are too many to be told apart. */
  readonly hostRoutes: () => Promise<HostRoutes>;
  /**
   * Adds a file to the conf folder, whole, durable, and readable by all; one that is there already stays as it is.
   *
   * @throws {Failure} ioFailure when it can't be written.
   */
  readonly addFile: (name: string, text: string) => Promise<void>;
}

/** Everything that ADD needs from outside the core. */
export interface AddPorts {
  readonly exec: Exec;
  readonly ledger: Ledger;
  readonly kernel: Kernel;
  readonly log: Log;
  readonly confFolder: () => Promise<ConfFolder>;
  readonly confMaker: ConfMaker;
  /** What can be measured of these networks now. A source that can't be read gives no sample. */
  readonly samples: (networks: readonly NodeNetwork[]) => Promise<readonly Sample[]>;
  readonly modules: ModuleSource;
  /** Starts the guest process. Called at most once, and only when a module is to be asked. */
  readonly openSandbox: (selection: SelectionConfig) => Sandbox;
  readonly health: Health;
  readonly devices: DeviceFiles;
  /** What the kubelet has noted of the pod's devices. Read only when a network or a wish is about one. */
  readonly podDevices: (pod: Pod) => Promise<PodDevices>;
  readonly recordDecision: (entry: DecisionEntry) => Promise<void>;
  /** Stable for one pod, unknown to its owner. */
  readonly seed: (podKey: string) => Promise<bigint>;
  readonly nodeName: string;
  /** Undefined where no cluster is configured, so that none can be asked. */
  readonly cluster: Cluster | undefined;
  /** Monotonic milliseconds, and milliseconds since the epoch. */
  readonly clock: { readonly monotonicMs: () => number; readonly wallMs: () => number };
  readonly signal: AbortSignal;
}

/** What undoing needs: no configuration, module or cluster has to be there. */
export type UndoPorts = Pick<AddPorts, "exec" | "ledger" | "kernel" | "devices" | "log" | "signal">;

export interface DelPorts extends UndoPorts {
  readonly confFolder: () => Promise<ConfFolder>;
  /** What the latest recorded decision about each interface of this container ranked; none when there is no record. */
  readonly decided: (containerId: string) => Promise<readonly AttachmentHint[]>;
}

export type CheckPorts = UndoPorts;
export type GcPorts = UndoPorts & Pick<AddPorts, "confFolder">;
export type StatusPorts = Pick<AddPorts, "exec" | "ledger" | "confFolder" | "signal">;

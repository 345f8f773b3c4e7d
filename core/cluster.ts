import type { Pod } from "./intent/pod.ts";

/** What is named inside a namespace. */
export interface ObjectRef {
  readonly namespace: string;
  readonly name: string;
}

/** A pod as the API server has it. */
export interface PodObject extends ObjectRef {
  readonly uid: string;
  readonly nodeName: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

/** A NetworkAttachmentDefinition. Source: NPWG multi-network specification v1.3, §3. */
export interface Definition extends ObjectRef {
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** `spec.config` as it was written; empty where there is none. */
  readonly config: string;
}

/** CNI-Genie's network of a tenant; empty texts where the object has none. */
export interface LogicalNetwork extends ObjectRef {
  readonly physicalNet: string;
  readonly subSubnet: string;
  readonly plugin: string;
}

/** CNI-Genie's network of a node's link; empty texts where the object has none. */
export interface PhysicalNetwork extends ObjectRef {
  readonly referNic: string;
  readonly plugin: string;
  readonly subnet: string;
  readonly dedicated: boolean;
}

export interface PodEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/**
 * The cluster, asked only when a pod's wishes need it. Every method ends within the signal and a deadline of its own.
 *
 * @throws {Failure} tryAgainLater from every method when the API server is slow, down, busy or denies; the details
 * name the permission that is missing.
 */
export interface Cluster {
  readonly findPod: (ref: ObjectRef, signal: AbortSignal) => Promise<PodObject | undefined>;
  readonly findDefinition: (ref: ObjectRef, signal: AbortSignal) => Promise<Definition | undefined>;
  /** Those of one namespace, by name. */
  readonly listDefinitions: (namespace: string, signal: AbortSignal) => Promise<readonly Definition[]>;
  readonly findLogicalNetwork: (ref: ObjectRef, signal: AbortSignal) => Promise<LogicalNetwork | undefined>;
  /** Those of one namespace, by name. */
  readonly listLogicalNetworks: (
    namespace: string,
    signal: AbortSignal,
  ) => Promise<readonly LogicalNetwork[]>;
  readonly findPhysicalNetwork: (ref: ObjectRef, signal: AbortSignal) => Promise<PhysicalNetwork | undefined>;
  /** Those of one namespace, by name. */
  readonly listPhysicalNetworks: (
    namespace: string,
    signal: AbortSignal,
  ) => Promise<readonly PhysicalNetwork[]>;
  /** Every SelectionPolicy, as it was written; none where there is no such kind. */
  readonly listSelectionPolicies: (signal: AbortSignal) => Promise<readonly unknown[]>;
  readonly findNamespaceLabels: (
    name: string,
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, string> | undefined>;
  /**
   * One PATCH with the pod's UID as a precondition; null removes a key.
   *
   * @returns false when the pod is gone, or another one has its name by now.
   */
  readonly annotatePod: (
    pod: Pod,
    annotations: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ) => Promise<boolean>;
  readonly recordEvent: (pod: Pod, event: PodEvent, signal: AbortSignal) => Promise<void>;
}

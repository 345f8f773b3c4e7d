import type {
  Cluster,
  Definition,
  LogicalNetwork,
  ObjectRef,
  PhysicalNetwork,
  PodEvent,
  PodObject,
} from "../../core/cluster.ts";
import type { Failure } from "../../core/errors.ts";
import type { Pod } from "../../core/intent/pod.ts";

/** What is in a cluster; tests may change it at any time. */
interface Objects {
  readonly pods: PodObject[];
  readonly definitions: Definition[];
  readonly logicalNetworks: LogicalNetwork[];
  readonly physicalNetworks: PhysicalNetwork[];
  /** As they are written. */
  readonly selectionPolicies: unknown[];
  readonly labelsByNamespace: Map<string, ReadonlyMap<string, string>>;
}

/** A cluster in memory. */
export interface FakeCluster extends Cluster, Objects {
  /** What was asked since the last look, such as `findDefinition shop/blue`. */
  takeCalls(): readonly string[];
  /** What was written on pods, by `namespace/name`. */
  readonly annotated: Map<string, Record<string, string | null>>;
  readonly events: PodEvent[];
  /** From now on these methods fail so; undefined: no longer. */
  fail(methods: readonly (keyof Cluster)[], failure: Failure | undefined): void;
}

type Note = (method: keyof Cluster, about: string) => void;

export function makeCluster(given: Partial<Objects> = {}): FakeCluster {
  const objects: Objects = {
    pods: [],
    definitions: [],
    logicalNetworks: [],
    physicalNetworks: [],
    selectionPolicies: [],
    labelsByNamespace: new Map(),
    ...given,
  };
  const failures = new Map<keyof Cluster, Failure>();
  const calls: string[] = [];
  const note: Note = (method, about) => {
    calls.push(`${method} ${about}`);
    const failure = failures.get(method);
    if (failure !== undefined) throw failure;
  };
  return {
    ...objects,
    ...toReaders(objects, note),
    ...toWriters(objects, note),
    takeCalls: () => calls.splice(0),
    fail: (methods, failure) => {
      for (const method of methods) {
        if (failure === undefined) failures.delete(method);
        else failures.set(method, failure);
      }
    },
  };
}

function toReaders(objects: Objects, note: Note) {
  const { pods, definitions, logicalNetworks, physicalNetworks } = objects;
  const find =
    <T extends ObjectRef>(method: keyof Cluster, all: readonly T[]) =>
    async (ref: ObjectRef) => {
      note(method, `${ref.namespace}/${ref.name}`);
      return all.find((one) => isSame(one, ref));
    };
  const list =
    <T extends ObjectRef>(method: keyof Cluster, all: readonly T[]) =>
    async (namespace: string) => {
      note(method, namespace);
      const own = all.filter((one) => one.namespace === namespace);
      return own.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    };
  return {
    findPod: find("findPod", pods),
    findDefinition: find("findDefinition", definitions),
    listDefinitions: list("listDefinitions", definitions),
    findLogicalNetwork: find("findLogicalNetwork", logicalNetworks),
    listLogicalNetworks: list("listLogicalNetworks", logicalNetworks),
    findPhysicalNetwork: find("findPhysicalNetwork", physicalNetworks),
    listPhysicalNetworks: list("listPhysicalNetworks", physicalNetworks),
    listSelectionPolicies: async () => {
      note("listSelectionPolicies", "all");
      return objects.selectionPolicies;
    },
    findNamespaceLabels: async (name: string) => {
      note("findNamespaceLabels", name);
      return objects.labelsByNamespace.get(name);
    },
  };
}

function toWriters({ pods }: Objects, note: Note) {
  const annotated: FakeCluster["annotated"] = new Map();
  const events: PodEvent[] = [];
  return {
    annotated,
    events,
    annotatePod: async (pod: Pod, annotations: Readonly<Record<string, string | null>>) => {
      note("annotatePod", `${pod.namespace}/${pod.name}`);
      const isThere = pods.some((one) => isSame(one, pod) && one.uid === pod.uid);
      if (isThere) annotated.set(`${pod.namespace}/${pod.name}`, { ...annotations });
      return isThere;
    },
    recordEvent: async ({ namespace, name }: Pod, event: PodEvent) => {
      note("recordEvent", `${namespace}/${name}`);
      events.push(event);
    },
  };
}

function isSame(one: ObjectRef, other: ObjectRef): boolean {
  return one.namespace === other.namespace && one.name === other.name;
}

/** A NetworkAttachmentDefinition of namespace `shop`. @param config as an object or as it is written. */
export function makeDefinition(
  name: string,
  config: object | string,
  more: Partial<Omit<Definition, "config">> = {},
): Definition {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return { namespace: "shop", name, labels: new Map(), annotations: new Map(), config: text, ...more };
}

/** A pod of namespace `shop`. */
export function makePodObject(more: Partial<PodObject> = {}): PodObject {
  const usual = { namespace: "shop", name: "web", uid: "u1", nodeName: "n1" };
  return { ...usual, labels: new Map(), annotations: new Map(), ...more };
}

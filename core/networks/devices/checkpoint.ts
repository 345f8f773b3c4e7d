import * as z from "zod";
import { Failure } from "../../errors.ts";
import { findJson } from "../../spec/json.ts";

/** What the kubelet has noted of devices, as one pod sees it. */
export interface PodDevices {
  /** Where the kubelet has noted it, for messages. */
  readonly source: string;
  /** Whether a kubelet gives out the devices of this node: then no pod has what it hasn't got from there. */
  readonly hasKubelet: boolean;
  /** The pod's IDs, sorted, by resource. */
  readonly ownByResource: ReadonlyMap<string, readonly string[]>;
  /** What device plugins offer on this node, and what any pod has: IDs by resource. */
  readonly allByResource: ReadonlyMap<string, ReadonlySet<string>>;
}

const MOST_ID = 1_024;

const name = z.string().max(MOST_ID);
const ids = z.array(name).nullish();
/** A list by NUMA node; one list before Kubernetes 1.20. */
const entry = z.object({
  PodUID: name,
  ResourceName: name,
  DeviceIDs: z.union([ids, z.record(z.string(), ids)]),
});
const checkpoint = z.object({
  Data: z.object({
    PodDeviceEntries: z.array(entry).nullish(),
    RegisteredDevices: z.record(name, ids).nullish(),
  }),
});

/**
 * Reads the kubelet's checkpoint of its device manager. Containers of a pod may share a device, which is the pod's
 * once. Source: kubelet `cm/devicemanager/checkpoint`.
 *
 * @throws {Failure} ioFailure when it is none: whose the devices are is not guessed.
 */
export function parseCheckpoint(
  text: string,
  { podUid, source }: { podUid: string; source: string },
): PodDevices {
  const { data } = checkpoint.safeParse(findJson(text));
  if (data === undefined) {
    throw new Failure("ioFailure", `${source} is no checkpoint of the kubelet's device manager`, {
      details: "so that nobody knows whose the node's devices are; the kubelet writes it anew when it starts",
    });
  }
  const own = new Map<string, Set<string>>();
  const all = new Map<string, Set<string>>();
  for (const [resource, offered] of Object.entries(data.Data.RegisteredDevices ?? {})) {
    note(all, resource, offered ?? []);
  }
  for (const { PodUID, ResourceName, DeviceIDs } of data.Data.PodDeviceEntries ?? []) {
    const given = Object.values(DeviceIDs ?? {}).flatMap((one) => one ?? []);
    note(all, ResourceName, given);
    if (podUid !== "" && PodUID === podUid) note(own, ResourceName, given);
  }
  const ownByResource = new Map([...own].map(([resource, given]) => [resource, [...given].toSorted()]));
  return { source, hasKubelet: true, ownByResource, allByResource: all };
}

function note(idsByResource: Map<string, Set<string>>, resource: string, given: readonly string[]): void {
  const noted = idsByResource.get(resource) ?? new Set();
  for (const id of given) noted.add(id);
  idsByResource.set(resource, noted);
}

import { Failure } from "../../errors.ts";
import type { Wish } from "../../intent/intent.ts";
import type { NodeNetwork } from "../candidates.ts";
import type { PodDevices } from "./checkpoint.ts";
import { findOwner, toShown } from "./fit.ts";
import { findResource } from "./resource.ts";

/** What one wish is to get: as many of the networks as it has interfaces, the others in their place. */
export interface Served {
  readonly wish: Wish;
  readonly ifNames: readonly string[];
  readonly networks: readonly NodeNetwork[];
}

/**
 * Gives each network its device: the one that is named, or else the next of its resource's in the order of their IDs,
 * which nobody names and nobody has. Source: Multus, `k8sclient.go`.
 *
 * @throws {Failure} invalidConfig when a device is to serve twice, or there are too few.
 */
export function handOut<One extends Served>(plan: readonly One[], devices: PodDevices): readonly One[] {
  const hand = { devices, taken: takeNamed(plan, devices) };
  const served = plan.map((one) => {
    const first = one.networks.slice(0, one.ifNames.length);
    return { one, networks: first.map((network) => give(network, one.wish, hand)) };
  });
  return served.map(({ one, networks }) => {
    const spare = one.networks.slice(one.ifNames.length);
    const standIns = spare.flatMap((next) => standIn(next, { ...one, networks }, hand));
    return { ...one, networks: [...networks, ...standIns] };
  });
}

interface Devices {
  readonly devices: PodDevices;
  /** By resource and ID. */
  readonly taken: Set<string>;
}

function takeNamed(plan: readonly Served[], devices: PodDevices): Set<string> {
  const taken = new Set<string>();
  for (const { wish, networks } of plan) {
    const [first] = networks;
    const id = wish.asks?.deviceId;
    const owner = first === undefined || id === undefined ? undefined : findOwner(first, id, devices);
    if (owner === undefined || id === undefined) continue;
    if (taken.has(toKey(owner, id)))
      throw new Failure("invalidConfig", `${wish.from}: deviceID: ${id} is another network's of this pod`);
    taken.add(toKey(owner, id));
  }
  return taken;
}

function give(one: NodeNetwork, { from, asks }: Wish, { devices, taken }: Devices): NodeNetwork {
  if (asks?.deviceId !== undefined) return { ...one, deviceId: asks.deviceId };
  const [resource, own] = findGiven(one, devices);
  if (own === undefined) return one;
  const deviceId = own.find((id) => !taken.has(toKey(resource, id)));
  if (deviceId === undefined) {
    const what = `its networks take more devices of ${toShown(resource)} than the ${own.length} that it has`;
    throw new Failure("invalidConfig", `${from}: ${one.file}: ${what}`, {
      details: `a container of the pod must request them; what the kubelet gave is in ${devices.source}`,
    });
  }
  taken.add(toKey(resource, deviceId));
  return { ...one, deviceId };
}

/** In place of one that fails; its device is free then. None where no device is left: that is no reason to fail. */
function standIn(
  one: NodeNetwork,
  { wish, ifNames, networks }: Served,
  { devices, taken }: Devices,
): readonly NodeNetwork[] {
  if (wish.asks?.deviceId !== undefined) return [{ ...one, deviceId: wish.asks.deviceId }];
  const [resource, own] = findGiven(one, devices);
  if (own === undefined) return [one];
  const [only] = networks;
  const freed =
    ifNames.length === 1 && only !== undefined && findResource(only) === resource ? only.deviceId : undefined;
  const deviceId = freed ?? own.find((id) => !taken.has(toKey(resource, id)));
  if (deviceId === undefined) return [];
  taken.add(toKey(resource, deviceId));
  return [{ ...one, deviceId }];
}

function findGiven(one: NodeNetwork, { ownByResource }: PodDevices): [string, readonly string[] | undefined] {
  const resource = findResource(one) ?? "";
  return [resource, ownByResource.get(resource)];
}

function toKey(resource: string, id: string): string {
  return JSON.stringify([resource, id]);
}

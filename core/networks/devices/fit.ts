import { Failure, listSome } from "../../errors.ts";
import type { Wish } from "../../intent/intent.ts";
import { toLine } from "../../printable.ts";
import { isDeclared } from "../../spec/capabilities.ts";
import type { NodeNetwork } from "../candidates.ts";
import type { Offer } from "../offer.ts";
import type { PodDevices } from "./checkpoint.ts";
import { DEVICE_ID, findResource } from "./resource.ts";

const SHOWN = 128;

/**
 * Of an offer, the networks for which the pod has the device: one of its own that it names, or one of the network's
 * resource. A resource of which no device plugin tells, such as a bridge that a node is labelled with, has none.
 *
 * @throws {Failure} deniedByRule for a device that isn't the pod's, invalidConfig when it has none, noCandidate when
 * too few networks are left to choose from.
 */
export function fitDevices(offer: Offer, wish: Wish, devices: PodDevices): Offer {
  const { target, networks } = offer;
  const judged = networks.networks.map((one) => ({ one, failure: findUnfit(one, wish, devices) }));
  const fit = judged.filter(({ failure }) => failure === undefined).map(({ one }) => one);
  const failures = judged.flatMap(({ failure }) => failure ?? []);
  if (target.wants === "named" && fit.length === 0 && failures[0] !== undefined) throw failures[0];
  if (target.wants === "any" && fit.length < target.count && failures.length > 0) {
    throw new Failure("noCandidate", `${wish.from}: the pod lacks the devices of the networks`, {
      details: listSome(
        failures.map(({ message }) => message),
        "; ",
      ),
    });
  }
  return { target, networks: { ...networks, networks: fit } };
}

/** The resource of which this pod has the device that it names; undefined when it isn't the pod's. */
export function findOwner(one: NodeNetwork, id: string, { ownByResource }: PodDevices): string | undefined {
  const resource = findResource(one);
  const own = [...ownByResource].filter(([name]) => resource === undefined || name === resource);
  return own.find(([, given]) => given.includes(id))?.[0];
}

function findUnfit(one: NodeNetwork, { from, asks }: Wish, devices: PodDevices): Failure | undefined {
  const resource = findResource(one);
  const id = asks?.deviceId;
  if (id !== undefined) {
    if (!devices.hasKubelet || findOwner(one, id, devices) !== undefined) return undefined;
    return new Failure("deniedByRule", `${from}: deviceID: ${id} is no device of this pod's`, {
      details: `the kubelet has not given it to the pod, says ${devices.source}`,
    });
  }
  if (resource === undefined || devices.ownByResource.has(resource)) return undefined;
  const isWanted = one.network.plugins.some(({ config }) => isDeclared(config, DEVICE_ID));
  if (!isWanted && !devices.allByResource.has(resource)) return undefined;
  const what = `the kubelet has given this pod no device of ${toShown(resource)}`;
  return new Failure("invalidConfig", `${from}: ${one.file}: ${what}`, {
    details: `a container of the pod must request one; what the kubelet gave is in ${devices.source}`,
  });
}

export function toShown(resource: string): string {
  return toLine(resource.slice(0, SHOWN));
}

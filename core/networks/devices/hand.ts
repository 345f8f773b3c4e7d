import type { Pod } from "../../intent/pod.ts";
import type { Wish } from "../../intent/intent.ts";
import type { AddPorts } from "../../ports.ts";
import type { Offer } from "../offer.ts";
import type { PodDevices } from "./checkpoint.ts";
import { fitDevices } from "./fit.ts";
import { handOut, type Served } from "./hand-out.ts";
import { findResource } from "./resource.ts";

/** Gives the networks of one pod its devices; what the kubelet has noted is read once, when the first is about one. */
export interface Hand {
  /** As fitDevices. */
  fit(offer: Offer, wish: Wish): Promise<Offer>;
  /** As handOut, once each wish was fitted. */
  handOut<One extends Served>(plan: readonly One[]): Promise<readonly One[]>;
}

export function openHand(pod: Pod, { podDevices }: Pick<AddPorts, "podDevices">): Hand {
  let noted: Promise<PodDevices> | undefined;
  return {
    fit: async (offer, wish) => {
      const isAboutOne = wish.asks?.deviceId !== undefined || offer.networks.networks.some(findResource);
      if (!isAboutOne) return offer;
      noted ??= podDevices(pod);
      return fitDevices(offer, wish, await noted);
    },
    handOut: async (plan) => (noted === undefined ? plan : handOut(plan, await noted)),
  };
}

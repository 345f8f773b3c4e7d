import { Failure } from "../errors.ts";
import type { NodeTarget, Wish } from "../intent/intent.ts";
import type { AddPorts } from "../ports.ts";
import type { NodeNetwork, NodeNetworks, Surroundings } from "./candidates.ts";
import { findNetwork } from "./find-network.ts";
import { readDefinition } from "./definition.ts";
import { listConfigured } from "./generated.ts";
import { offerLabelled } from "./labelled.ts";
import { readLogical } from "./logical/logical.ts";
import { provideNetwork, type ProvidePorts } from "./provide.ts";
import { requireDefinition } from "./required-definition.ts";
import { narrow, requireUsable } from "./usable.ts";

/** From which networks a wish is served, and what is taken from among them. */
export interface Offer {
  readonly target: NodeTarget;
  readonly networks: NodeNetworks;
}

type OfferPorts = Pick<AddPorts, "cluster" | "signal"> & ProvidePorts;

/**
 * Finds the networks from which one wish is served: those of the conf folder, or what objects of the cluster
 * describe; without those that the pod may not use, or that can't do what it asks. The cluster is asked only about
 * objects that are wished for.
 *
 * @throws {Failure} unknownNetwork for an object that isn't there, invalidConfig for one that can't be used,
 * deniedByRule, noCandidate when none of several is left, tryAgainLater when the cluster can't be asked.
 */
export async function offerNetworks(wish: Wish, around: Surroundings, ports: OfferPorts): Promise<Offer> {
  const { target, from } = wish;
  switch (target.wants) {
    case "definition": {
      const definition = await requireDefinition(target.definition, { wish, around }, ports);
      return toOffer(
        readAt(from, () => readDefinition(definition, around)),
        wish,
        around,
      );
    }
    case "logical":
      return toOffer(await readLogical({ from, name: target.name }, around, ports), wish, around);
    case "labelled": {
      const networks = await offerLabelled(wish, target, { around, ports });
      return { target: { wants: "any", count: target.count }, networks };
    }
    case "named":
    case "default": {
      const networks = await provideNetwork(
        { from, network: target.network, isDefault: target.wants === "default" },
        around,
        ports,
      );
      const one = findNetwork(target.network, networks);
      if (target.wants === "named" && one !== undefined) requireUsable(one, wish, around);
      if (one === undefined || networks.networks.includes(one)) return { target, networks };
      return { target: { ...target, network: one.network.name }, networks: { networks: [one], skipped: [] } };
    }
    case "any":
      return { target, networks: narrow(listConfigured(around.node), wish, around) };
    case "first":
      return { target, networks: listConfigured(around.node) };
  }
}

/** One network alone, which the pod names. */
function toOffer(one: NodeNetwork, wish: Wish, around: Surroundings): Offer {
  requireUsable(one, wish, around);
  return {
    target: { wants: "named", network: one.network.name },
    networks: { networks: [one], skipped: [] },
  };
}

/** @throws what `read` throws, with the place of the wish. */
function readAt(from: string, read: () => NodeNetwork): NodeNetwork {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, `${from}: ${error.message}`, { details: error.details, cause: error });
  }
}

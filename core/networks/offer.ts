import { closestMatch } from "leven";
import type { Definition, ObjectRef } from "../cluster.ts";
import { Failure } from "../errors.ts";
import type { NodeTarget, Wish } from "../intent/intent.ts";
import type { AddPorts } from "../ports.ts";
import type { NodeNetwork, NodeNetworks, Surroundings } from "./candidates.ts";
import { readDefinition } from "./definition.ts";
import { listConfigured } from "./generated.ts";
import { readLogical } from "./logical/logical.ts";
import { provideNetwork, type ProvidePorts } from "./provide.ts";

/** From which networks a wish is served, and what is taken from among them. */
export interface Offer {
  readonly target: NodeTarget;
  readonly networks: NodeNetworks;
}

type OfferPorts = Pick<AddPorts, "cluster" | "signal"> & ProvidePorts;

/**
 * Finds the networks from which one wish is served: those of the conf folder, or what an object of the cluster
 * describes. The cluster is asked only about objects that are wished for.
 *
 * @throws {Failure} unknownNetwork for an object that isn't there, invalidConfig for one that can't be used,
 * tryAgainLater when the cluster can't be asked; each naming the place of the wish.
 */
export async function offerNetworks(
  { target, from }: Wish,
  around: Surroundings,
  ports: OfferPorts,
): Promise<Offer> {
  if (target.wants === "definition") {
    return toOffer(readDefinition(await requireDefinition(target.definition, from, ports), around));
  }
  if (target.wants === "logical") {
    return toOffer(await readLogical({ from, name: target.name }, around, ports));
  }
  if (target.wants === "named" || target.wants === "default") {
    return { target, networks: await provideNetwork({ from, network: target.network }, around, ports) };
  }
  return { target, networks: listConfigured(around.node) };
}

function toOffer(one: NodeNetwork): Offer {
  return {
    target: { wants: "named", network: one.network.name },
    networks: { networks: [one], skipped: [] },
  };
}

/** Where there is no cluster, the files of the conf folder stand for its objects. */
async function requireDefinition(
  ref: ObjectRef,
  from: string,
  { cluster, signal }: OfferPorts,
): Promise<Definition> {
  if (cluster === undefined) return { ...ref, labels: new Map(), annotations: new Map(), config: "" };
  const found = await cluster.findDefinition(ref, signal);
  if (found !== undefined) return found;
  const names = (await cluster.listDefinitions(ref.namespace, signal)).map(({ name }) => name);
  const closest = closestMatch(ref.name, names);
  throw new Failure(
    "unknownNetwork",
    `${from}: there is no NetworkAttachmentDefinition ${ref.namespace}/${ref.name}`,
    { details: closest === undefined ? `namespace ${ref.namespace} has none` : `the closest is ${closest}` },
  );
}

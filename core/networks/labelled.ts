import type { Definition } from "../cluster.ts";
import { NO_CLUSTER } from "../cluster-config.ts";
import { Failure, listSome } from "../errors.ts";
import type { LabelledTarget, Wish } from "../intent/intent.ts";
import type { AddPorts } from "../ports.ts";
import type { NodeNetwork, NodeNetworks, Skipped, Surroundings } from "./candidates.ts";
import { readDefinition } from "./definition.ts";
import { fitsAll } from "./label-terms.ts";
import { findIsolation } from "./permission.ts";
import { narrow } from "./usable.ts";

/** Most objects of a namespace among which one choice is made. */
const MOST_CANDIDATES = 1_000;

interface Where {
  readonly around: Surroundings;
  readonly ports: Pick<AddPorts, "cluster" | "signal">;
}

/**
 * The networks of a namespace that have the labels and can serve the wish; those that the pod gets by an earlier wish
 * only where there are too few others. Of those that aren't for the pod, nothing is told.
 *
 * @throws {Failure} unknownNetwork when none has the labels; noCandidate or deniedByRule when too few can serve.
 */
export async function offerLabelled(
  wish: Wish,
  { namespace, terms, count }: LabelledTarget,
  { around, ports: { cluster, signal } }: Where,
): Promise<NodeNetworks> {
  const asker = { pod: around.pod, rules: around.config.genie };
  const all = cluster === undefined ? [] : await cluster.listDefinitions(namespace, signal);
  const open = all.filter((one) => findIsolation(one, asker) === undefined);
  const isolation = findIsolation({ namespace, annotations: new Map() }, asker);
  if (open.length === 0 && isolation !== undefined) {
    throw new Failure("deniedByRule", `${wish.from}: ${isolation}`);
  }
  const labelled = open.filter(({ labels }) => fitsAll(terms, labels)).slice(0, MOST_CANDIDATES);
  if (labelled.length === 0) {
    const which = `NetworkAttachmentDefinition${terms.length === 0 ? "" : " with the labels"}`;
    throw new Failure("unknownNetwork", `${wish.from}: namespace ${namespace} has no ${which}`, {
      details: cluster === undefined ? NO_CLUSTER : "",
    });
  }
  const { networks, skipped } = narrow(readAll(labelled, around), wish, around);
  if (networks.length < count) {
    const message = `${wish.from}: ${count} networks are asked for, and ${networks.length} can serve`;
    const details = skipped.map(({ file, reason }) => `${file}: ${reason}`);
    throw new Failure("noCandidate", message, { details: listSome(details, "; ") });
  }
  const fresh = networks.filter(({ network }) => !around.used.has(network.name));
  return { networks: fresh.length >= count ? fresh : networks, skipped };
}

/** Those that can be used, one of each name. */
function readAll(definitions: readonly Definition[], around: Surroundings): NodeNetworks {
  const networks: NodeNetwork[] = [];
  const skipped: Skipped[] = [];
  for (const definition of definitions) {
    try {
      networks.push(readDefinition(definition, around, networks));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      skipped.push({ file: `${definition.namespace}/${definition.name}`, reason: error.message });
    }
  }
  return { networks, skipped };
}

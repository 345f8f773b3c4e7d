import type { Planned } from "../delegate/attach-all.ts";
import type { NamedWish } from "../intent/interface-names.ts";
import type { NodeNetwork, NodeNetworks, Surroundings } from "../networks/candidates.ts";
import { openHand } from "../networks/devices/hand.ts";
import { equip } from "../networks/equip.ts";
import { type Offer, offerNetworks } from "../networks/offer.ts";
import type { AddPorts } from "../ports.ts";
import type { SelectionPlan } from "../selection-policy/plan.ts";
import { requireLeft, restrict } from "../selection-policy/restrict.ts";
import { choose } from "./choose.ts";
import type { Decision } from "./decision.ts";
import type { Choosing } from "./pod-question.ts";
import { requireRanking } from "./refusal.ts";

/** What all wishes of one pod have around them. */
type Deciding = Omit<Choosing, keyof Offer | "from"> &
  Omit<Surroundings, "used"> & { readonly rules: SelectionPlan };

/**
 * Decides for every wish which networks serve it, and records what was decided whatever becomes of it.
 *
 * @throws {Failure} as offerNetworks, restrict, choose, requireRanking and the pod's hand of devices do.
 */
export async function planWishes(
  named: readonly NamedWish[],
  asked: Deciding,
  ports: AddPorts,
): Promise<readonly Planned[]> {
  const { containerId, pod } = asked;
  const decided: (NamedWish & Offer & { decision: Decision })[] = [];
  const used = new Set<string>();
  const hand = openHand(pod, ports);
  const onlyLeft = (network: NodeNetwork, from: string) => requireLeft(network, from, asked);
  for (const one of named) {
    const offered = await offerNetworks(one.wish, { ...asked, used, requireLeft: onlyLeft }, ports);
    const offer = await hand.fit(restrict(offered, one.wish, asked), one.wish);
    const decision = await choose({ ...asked, ...offer, from: one.wish.from }, ports);
    decided.push({ ...one, ...offer, decision });
    for (const { network } of decision.ranking.slice(0, one.ifNames.length)) used.add(network);
  }
  for (const { ifNames: interfaces, decision } of decided) {
    await ports.recordDecision({ containerId, pod, interfaces, decision });
  }
  const plan = decided.map(({ wish, ifNames, networks, decision }) => {
    const ranking = requireRanking(decision, ifNames.length);
    const ranked = ranking.map(({ network }) => requireOffered(network, networks));
    return { wish, ifNames, decision, networks: ranked };
  });
  const handed = await hand.handOut(plan);
  return handed.map((one) => ({ ...one, networks: one.networks.map((each) => equip(each, one.wish.asks)) }));
}

function requireOffered(name: string, { networks }: NodeNetworks): NodeNetwork {
  const found = networks.find(({ network }) => network.name === name);
  if (found === undefined) throw new Error(`the ranking names ${name}, which was not offered`);
  return found;
}

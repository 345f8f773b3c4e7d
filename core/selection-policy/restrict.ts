import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import type { Wish } from "../intent/intent.ts";
import type { NodeNetwork } from "../networks/candidates.ts";
import { findNetwork } from "../networks/find-network.ts";
import { isConfigured } from "../networks/definition.ts";
import type { Offer } from "../networks/offer.ts";
import { toRuleName } from "../networks/rule-name.ts";
import { findOwn } from "../spec/json.ts";
import { isAmong, type SelectionPlan } from "./plan.ts";

/** The annotations of a pod that leaves the choice to genie. */
const NAMES_NOTHING: ReadonlyMap<string, string> = new Map([["cni", ""]]);

/** What counts of the networks that a pod names. */
export function toCounting(
  annotations: ReadonlyMap<string, string>,
  { override }: Pick<SelectionPlan, "override">,
): ReadonlyMap<string, string> {
  return override ? NAMES_NOTHING : annotations;
}

/** The node's configuration with the pod's rules in place of its own. */
export function toRuled(config: Config, rules: Pick<SelectionPlan, "selection" | "grants">): Config {
  const { selection, grants } = rules;
  return { ...config, genie: { ...config.genie, selection, grants: [...grants] } };
}

interface Ruled {
  readonly config: Config;
  readonly rules: Pick<SelectionPlan, "networks" | "policies">;
}

/**
 * Of an offer, what the rules leave. The default network is the admin's own word, which stands.
 *
 * @throws {Failure} deniedByRule when what the pod names is not left, or too few are.
 */
export function restrict(offer: Offer, wish: Wish, ruled: Ruled): Offer {
  const { target, networks } = offer;
  const { config, rules } = ruled;
  if (rules.networks === undefined || target.wants === "default") return offer;
  const asked = target.wants === "named" ? findNetwork(target.network, networks) : undefined;
  const count = target.wants === "any" ? target.count : 1;
  const isServed = target.wants === "named" ? asked !== undefined : networks.networks.length >= count;
  if (!isServed) return offer; // what isn't there is answered as without a rule
  if (asked !== undefined) requireLeft(asked, wish.from, ruled);
  const left = networks.networks.filter((one) => isAmong(rules.networks, toLabelled(one, config)));
  if (left.length < count) throw toDenial(wish.from, `as many as ${count} of the networks`, rules);
  return { target, networks: { ...networks, networks: left } };
}

/** @throws {Failure} deniedByRule when the rules don't leave this network to the pod. */
export function requireLeft(one: NodeNetwork, from: string, { config, rules }: Ruled): void {
  if (isAmong(rules.networks, toLabelled(one, config))) return;
  throw toDenial(from, `network ${toRuleName(one)}`, rules);
}

function toDenial(from: string, what: string, { policies }: Ruled["rules"]): Failure {
  return new Failure("deniedByRule", `${from}: the cluster's rules don't give the pod ${what}`, {
    details: `SelectionPolicies about it: ${policies.join(", ")}`,
  });
}

/**
 * Of the words about a network, the admin's alone: its attributes, and the labels of definitions in global namespaces.
 * A tenant's own definition may have any label, and the name of any network in its configuration.
 */
function toLabelled(one: NodeNetwork, { genie }: Config) {
  const { network, definition } = one;
  const isGlobal = definition !== undefined && genie.globalNamespaces.includes(definition.namespace);
  const isTrusted = isGlobal || definition === undefined || !isConfigured(definition);
  const facts = isTrusted ? findOwn(genie.networks, network.name) : undefined;
  const labels = isGlobal ? definition.labels : [];
  return { name: toRuleName(one), labels: new Map([...labels, ...Object.entries(facts?.attributes ?? {})]) };
}

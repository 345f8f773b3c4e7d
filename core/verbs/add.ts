import type { Config } from "../config.ts";
import { attachAll, type Planned } from "../delegate/attach-all.ts";
import type { Site } from "../delegate/attach.ts";
import { detach } from "../delegate/detach.ts";
import { findNetns } from "../delegate/lifetime.ts";
import { Failure } from "../errors.ts";
import { readAnnotations } from "../intent/annotations.ts";
import { toConventional } from "../intent/conventions.ts";
import { findMain, type NamedWish, planInterfaceNames } from "../intent/interface-names.ts";
import { readPod } from "../intent/pod.ts";
import { readIntent } from "../intent/read.ts";
import {
  listNetworks,
  type NodeNetwork,
  type NodeNetworks,
  type Surroundings,
} from "../networks/candidates.ts";
import { equip } from "../networks/equip.ts";
import { type Offer, offerNetworks } from "../networks/offer.ts";
import type { AddPorts, Attachment } from "../ports.ts";
import { toAnswer } from "../report/answer.ts";
import { type PodNotes, toPodNotes } from "../report/notes.ts";
import { openRoutes } from "../routing/open.ts";
import { choose } from "../select/choose.ts";
import type { Decision } from "../select/decision.ts";
import type { Choosing } from "../select/pod-question.ts";
import { requireRanking } from "../select/refusal.ts";
import type { SelectionPlan } from "../selection-policy/plan.ts";
import { restrict, toCounting, toRuled } from "../selection-policy/restrict.ts";
import { readRules } from "../selection-policy/rules.ts";
import type { Invocation } from "../spec/environment.ts";
import type { JsonObject } from "../spec/json.ts";

export interface AddCall {
  readonly invocation: Invocation;
  readonly config: Config;
}

export interface AddAnswer {
  /** In the caller's version. */
  readonly result: JsonObject;
  readonly notes: PodNotes;
}

/**
 * Gives a new container its interfaces. Everything is decided before anything is attached. Leaves nothing behind when
 * it throws, but what a plugin refused to undo: that stays in the ledger for DEL.
 *
 * @throws {Failure} or {DelegateError}: what the runtime is to be told.
 */
export async function add(call: AddCall, ports: AddPorts): Promise<AddAnswer> {
  const { invocation, config: own } = toConventional(call);
  const { containerId, ifName } = invocation;
  const pod = readPod(invocation, own);
  const annotations = await readAnnotations({ pod, config: own }, ports);
  const rules = await readRules({ pod, config: own }, ports);
  const config = toRuled(own, rules);
  const intent = readIntent(toCounting(annotations, rules), { pod, config });
  if (intent.ignored !== undefined)
    ports.log.warn({ pod, reason: intent.ignored }, "an annotation counts for nothing");
  await using _lock = await ports.ledger.lock(containerId, ports.signal);
  const others = await settle(invocation, ports);

  const taken = new Set(others.map((attachment) => attachment.ifName));
  const named = planInterfaceNames(intent, { called: ifName, taken });
  const main = findMain(named, { naming: intent.naming, called: ifName });
  const folder = await ports.confFolder();
  const node = listNetworks(folder, config);
  for (const one of node.skipped) ports.log.warn({ ...one }, "a file of the conf folder is passed over");
  const { path } = invocation;
  const asked = { pod, annotations, folder, node, config, rules, containerId, path };
  const plan = await planAll(named, asked, ports);

  const { tryNextOnFailure } = config.genie.selection;
  const site = await readSite(call, ports);
  const runtimeConfig = config.runtimeConfig ?? {};
  const router = await openRoutes({ invocation, config, named, others }, ports);
  const how = { invocation, site, main, runtimeConfig, tryNextOnFailure, router };
  const made = await attachAll(plan, how, ports);
  const result = toAnswer(made, config, { netns: invocation.netns, main });
  return { result, notes: toPodNotes({ pod, intent, node }, made) };
}

/**
 * Undoes what an ADD of the same interface left that crashed, or was attached in an earlier boot or in another
 * namespace than the container has now: podman keeps a container's ID over both. What is attached there already is
 * refused, since a second ADD would lose its undo. Source: SPEC.md, "ADD".
 *
 * @returns what other calls have attached to the container.
 * @throws {Failure} alreadyAttached
 */
async function settle({ containerId, ifName, netns, path }: Invocation, ports: AddPorts) {
  const { attachments, hints } = await ports.ledger.read(containerId);
  if (hints !== undefined) {
    throw new Failure("ioFailure", `the ledger's entry of ${containerId} is unreadable`, {
      details: "call DEL first: it undoes what can be guessed, and sets the entry aside",
    });
  }
  const same = attachments.filter(({ caller }) => caller.ifName === ifName);
  for (const one of same) {
    if (one.state !== "attached" || (await findNetns(one, netns, ports.kernel)) === "") continue;
    throw new Failure(
      "alreadyAttached",
      `${ifName} of ${containerId} is attached to network ${one.network} already`,
    );
  }
  for (const err of await detach({ containerId, attachments, wanted: same, path }, ports)) {
    ports.log.warn(
      { err, containerId, ifName },
      "what an earlier ADD left could not be undone; DEL tries again",
    );
  }
  return attachments.filter((attachment: Attachment) => !same.includes(attachment));
}

/** Decides every wish, and records what was decided whatever becomes of it. */
async function planAll(
  named: readonly NamedWish[],
  asked: Omit<Choosing, keyof Offer | "from"> & Omit<Surroundings, "used"> & { rules: SelectionPlan },
  ports: AddPorts,
): Promise<readonly Planned[]> {
  const { containerId, pod } = asked;
  const decided: (NamedWish & Offer & { decision: Decision })[] = [];
  const used = new Set<string>();
  for (const one of named) {
    const offered = await offerNetworks(one.wish, { ...asked, used }, ports);
    const offer = restrict(offered, one.wish, asked);
    const decision = await choose({ ...asked, ...offer, from: one.wish.from }, ports);
    decided.push({ ...one, ...offer, decision });
    for (const { network } of decision.ranking.slice(0, one.ifNames.length)) used.add(network);
  }
  for (const { ifNames: interfaces, decision } of decided) {
    await ports.recordDecision({ containerId, pod, interfaces, decision });
  }
  return decided.map(({ wish, ifNames, networks, decision }) => {
    const ranking = requireRanking(decision, ifNames.length);
    const ranked = ranking.map(({ network }) => requireOffered(network, networks));
    return { wish, ifNames, decision, networks: ranked.map((one) => equip(one, wish.asks)) };
  });
}

function requireOffered(name: string, { networks }: NodeNetworks): NodeNetwork {
  const found = networks.find(({ network }) => network.name === name);
  if (found === undefined) throw new Error(`the ranking names ${name}, which was not offered`);
  return found;
}

async function readSite({ invocation, config }: AddCall, { kernel }: AddPorts): Promise<Site> {
  const { ifName, netns } = invocation;
  return {
    caller: { network: config.name, ifName },
    namespace: { path: netns, identity: await kernel.identify(netns), folder: await kernel.locate(netns) },
    bootId: await kernel.bootId(),
  };
}

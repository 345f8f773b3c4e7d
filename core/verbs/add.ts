import type { Config } from "../config.ts";
import { attachAll } from "../delegate/attach-all.ts";
import type { Site } from "../delegate/attach.ts";
import { settle } from "../delegate/settle.ts";
import { toConventional } from "../intent/conventions.ts";
import { findMain, planInterfaceNames } from "../intent/interface-names.ts";
import { readPod } from "../intent/pod.ts";
import { readPodTexts } from "../intent/pod-texts.ts";
import { readIntent } from "../intent/read.ts";
import { listNetworks } from "../networks/candidates.ts";
import type { AddPorts } from "../ports.ts";
import { toAnswer } from "../report/answer.ts";
import { type PodNotes, toPodNotes } from "../report/notes.ts";
import { openRoutes } from "../routing/open.ts";
import { requireLabels } from "../select/pod-labels.ts";
import { planWishes } from "../select/plan-wishes.ts";
import { toCounting, toRuled } from "../selection-policy/restrict.ts";
import { readRules } from "../selection-policy/rules.ts";
import type { Invocation } from "../spec/environment.ts";
import type { JsonObject } from "../spec/json.ts";
import { toResult } from "../spec/result.ts";

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
  const { annotations, ...known } = await readPodTexts({ pod, config: own }, ports);
  const { labels: told, ...rules } = await readRules({ pod, config: own, ...known }, ports);
  const config = toRuled(own, rules);
  const intent = readIntent(toCounting(annotations, rules), { pod, config });
  if (intent.ignored !== undefined)
    ports.log.warn({ pod, reason: intent.ignored }, "an annotation counts for nothing");
  const labels = await requireLabels(told, { pod, intent, config }, ports);
  await using _lock = await ports.ledger.lock(containerId, ports.signal);
  const others = await settle(invocation, ports);

  const taken = new Set([...others.map((attachment) => attachment.ifName), ...listPodLinks(config)]);
  const named = planInterfaceNames(intent, { called: ifName, taken });
  const main = findMain(named, { naming: intent.naming, called: ifName });
  const folder = await ports.confFolder();
  const node = listNetworks(folder, config);
  for (const one of node.skipped) ports.log.warn({ ...one }, "a file of the conf folder is passed over");
  const { path } = invocation;
  const asked = { pod, labels, annotations, folder, node, config, rules, containerId, path };
  const plan = await planWishes(named, asked, ports);

  const { tryNextOnFailure } = config.genie.selection;
  const site = await readSite(call, ports);
  const runtimeConfig = config.runtimeConfig ?? {};
  const router = await openRoutes({ invocation, config, named, others }, ports);
  const how = { invocation, site, main, runtimeConfig, tryNextOnFailure, router };
  const made = await attachAll(plan, how, ports);
  const result = toAnswer(made, config, { netns: invocation.netns, main });
  return { result, notes: toPodNotes({ pod, annotations, intent, node }, made) };
}

/** What the plugins before genie have made in the container, where it is part of a chain. */
function listPodLinks({ prevResult = {} }: Config): readonly string[] {
  return toResult(prevResult).interfaces.flatMap(({ name, sandbox }) =>
    typeof name === "string" && typeof sandbox === "string" && sandbox !== "" ? [name] : [],
  );
}

async function readSite({ invocation, config }: AddCall, { kernel }: AddPorts): Promise<Site> {
  const { ifName, netns } = invocation;
  return {
    caller: { network: config.name, ifName },
    namespace: { path: netns, identity: await kernel.identify(netns), folder: await kernel.locate(netns) },
    bootId: await kernel.bootId(),
  };
}

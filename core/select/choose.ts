import type { Config } from "../config.ts";
import { Failure, listSome } from "../errors.ts";
import { readAnnotations } from "../intent/annotations.ts";
import { readLabels } from "../intent/labels.ts";
import type { PodIntent } from "../intent/intent.ts";
import { isSystemPod, type Pod, toWorkload } from "../intent/pod.ts";
import { readKpis, toSamples } from "../kpi/book.ts";
import {
  findNetwork,
  listMatches,
  type NodeNetwork,
  type NodeNetworks,
  requireNetwork,
} from "../networks/candidates.ts";
import type { AddPorts } from "../ports.ts";
import type { Sandbox } from "../sandbox/port.ts";
import { planCast } from "./cast.ts";
import type { DecidedBy, Decision } from "./decision.ts";
import { planFallback } from "./fallback.ts";
import { toGranted } from "./grants.ts";
import { type HealthEvent, noteRuns, planTrials, toFindPass } from "./health/health.ts";
import { decide } from "./pipeline.ts";
import type { Question } from "./question.ts";
import type { Candidate } from "./request.ts";
import { hasModules } from "./selection-config.ts";

export interface Choosing {
  readonly intent: PodIntent;
  readonly pod: Pod;
  readonly networks: NodeNetworks;
  readonly config: Config;
  readonly containerId: string;
}

type ChoosePorts = Pick<
  AddPorts,
  "log" | "samples" | "modules" | "openSandbox" | "health" | "seed" | "nodeName" | "clock"
>;

/**
 * Decides which network a pod gets. Source: design, "When does genie choose?".
 *
 * @throws {Failure} unknownNetwork for a name that the node doesn't have, tryAgainLater when it has no network.
 */
export async function choose(choosing: Choosing, ports: ChoosePorts): Promise<Decision> {
  const { intent, networks, config } = choosing;
  if (intent.wants === "named" || intent.wants === "default") {
    const { network } = requireNetwork(intent.network, networks);
    warnOfOthers(intent.network, networks, ports.log);
    const decidedBy = intent.wants === "named" ? "explicit" : "default";
    return await decideUnasked(network.name, decidedBy, { choosing, ports });
  }
  const [first] = networks.networks;
  if (first === undefined) {
    throw new Failure("tryAgainLater", `no usable network configuration in ${config.genie.confDir}`, {
      details: listSome(
        networks.skipped.map(({ file, reason }) => `${file}: ${reason}`),
        "; ",
      ),
    });
  }
  if (intent.wants === "first")
    return await decideUnasked(first.network.name, "default", { choosing, ports });
  return await askModules(choosing, ports);
}

/** Two files with one short stem are an oversight that the admin should hear of. */
function warnOfOthers(wish: string, networks: NodeNetworks, log: AddPorts["log"]): void {
  const [taken, ...others] = listMatches(wish, networks).map(({ file }) => file);
  if (others.length > 0) log.warn({ wish, taken, others }, "several networks match; the first is taken");
}

/** Nobody has to be asked: the pod or the admin named the network. */
async function decideUnasked(
  network: string,
  decidedBy: DecidedBy,
  { choosing, ports }: { choosing: Choosing; ports: ChoosePorts },
): Promise<Decision> {
  const startedMs = ports.clock.monotonicMs();
  const question = await toQuestion(choosing, [], ports);
  const reason = decidedBy === "explicit" ? "the pod asked for it" : "the default";
  const ms = ports.clock.monotonicMs() - startedMs;
  return { question, ranking: [{ network, reason }], rejected: [], modules: [], decidedBy, ms };
}

/** The modules choose among all networks; without any module, the fallback does. */
async function askModules(choosing: Choosing, ports: ChoosePorts): Promise<Decision> {
  await using sandbox = hasModules(choosing.config.genie.selection) ? ports.openSandbox() : undefined;
  const question = await toQuestion(choosing, await toCandidates(choosing, ports), ports);
  if (sandbox !== undefined) {
    return await decideHealthily(question, sandbox, ports);
  }
  const names = question.request.candidates.map(({ network }) => network);
  const ranking = planFallback(names, question);
  return { question, ranking, rejected: [], modules: [], decidedBy: "fallback", ms: 0 };
}

/** Modules that keep failing are passed over, and what the modules did is remembered. */
async function decideHealthily(
  question: Question,
  sandbox: Sandbox,
  { health, clock, log, modules }: ChoosePorts,
): Promise<Decision> {
  const { selection, request } = question;
  const { namespace } = request.workload;
  const book = await health.read();
  const nowMs = clock.wallMs();
  const { trials } = planTrials(book, { selection, namespace, nowMs });
  if (trials.length > 0) {
    await health.update((latest) => planTrials(latest, { selection, namespace, nowMs }).book);
  }
  const cast = planCast(question, toFindPass(book, namespace, nowMs));
  const decision = await decide(question, { source: modules, sandbox, nowMs: clock.monotonicMs }, cast);
  await health.update((latest) => {
    const round = { selection, namespace, nowMs: clock.wallMs(), trials };
    const noted = noteRuns(latest, decision.modules, round);
    for (const { what, digest, detail } of noted.events) log.warn({ digest, detail }, WORDS[what]);
    return noted.book;
  });
  for (const { digest, mode, outcome, detail, notAsked } of decision.modules) {
    if (outcome === "ok" || mode === "shadow" || notAsked === "circuit" || notAsked === "halted") continue;
    log.warn({ digest, outcome, detail }, "a module failed");
  }
  return decision;
}

const WORDS: Readonly<Record<HealthEvent["what"], string>> = {
  circuitOpened: "a module keeps failing and is left alone for a while",
  canaryHalted: "a canary is halted until its configuration changes: see geniectl modules",
  shadowDiffers: "a shadow module would have decided otherwise",
};

async function toQuestion(
  choosing: Choosing,
  candidates: readonly Candidate[],
  ports: ChoosePorts,
): Promise<Question> {
  const { pod, config, containerId, intent } = choosing;
  const seed = await ports.seed(pod.uid === "" ? containerId : pod.uid);
  const texts = { labels: readLabels(config), annotations: readAnnotations(config) };
  const workload = { ...toWorkload(pod, ports.nodeName), ...toGranted(texts, config.genie.selection) };
  const count = intent.wants === "any" ? intent.count : 1;
  return {
    request: { purpose: "attach", workload, candidates, count, seed, extensions: [] },
    selection: config.genie.selection,
    defaultNetwork: findDefault(choosing),
    mayFail: !isSystemPod(pod),
  };
}

async function toCandidates(
  { networks, config }: Choosing,
  ports: ChoosePorts,
): Promise<readonly Candidate[]> {
  const measured = await ports.samples(networks.networks);
  const nowMs = ports.clock.wallMs();
  const samples = [...measured, ...toSamples(config.genie.networks, nowMs)];
  return networks.networks.map(({ network }: NodeNetwork) => ({
    network: network.name,
    plugin: network.plugins[0]?.type ?? "",
    attributes: Object.entries(config.genie.networks[network.name]?.attributes ?? {}).map(([key, value]) => ({
      key,
      value,
    })),
    kpis: readKpis(network.name, samples, nowMs),
    current: false,
  }));
}

/** The default network's own name, however `default_plugin` refers to it; undefined when the node lacks it. */
function findDefault({ config, networks }: Choosing): string | undefined {
  if (config.default_plugin === undefined) return undefined;
  return findNetwork(config.default_plugin.trim(), networks)?.network.name;
}

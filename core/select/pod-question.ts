import type { Definition } from "../cluster.ts";
import type { Config, NetworkFacts } from "../config.ts";
import { findOwn } from "../spec/json.ts";
import { readDefaultIntent } from "../intent/genie.ts";
import type { NodeTarget } from "../intent/intent.ts";
import { isSystemPod, type Pod, toWorkload } from "../intent/pod.ts";
import { readKpis, toSamples } from "../kpi/book.ts";
import type { NodeNetwork, NodeNetworks } from "../networks/candidates.ts";
import { findNetwork } from "../networks/find-network.ts";
import type { AddPorts } from "../ports.ts";
import { toGranted } from "./grants.ts";
import type { Question } from "./question.ts";
import type { Candidate } from "./request.ts";

/** The pod that a network is chosen for, and the node on which it is. */
export interface Choosing {
  /** Where the wish stands, for messages. */
  readonly from: string;
  readonly target: NodeTarget;
  readonly pod: Pod;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly networks: NodeNetworks;
  readonly config: Config;
  readonly containerId: string;
}

/** What is asked about a pod; no candidates where nobody has to choose. */
export async function toPodQuestion(
  choosing: Choosing,
  candidates: readonly Candidate[],
  ports: Pick<AddPorts, "seed" | "nodeName">,
): Promise<Question> {
  const { pod, config, containerId, target } = choosing;
  const seed = await ports.seed(pod.uid === "" ? containerId : pod.uid);
  const workload = { ...toWorkload(pod, ports.nodeName), ...toGranted(choosing, config.genie.selection) };
  const count = target.wants === "any" ? target.count : 1;
  return {
    request: { purpose: "attach", workload, candidates, count, seed, extensions: [] },
    selection: config.genie.selection,
    defaultNetwork: findDefault(choosing),
    mayFail: !isSystemPod(pod),
    byTraffic: goesByTraffic(choosing),
  };
}

/** A pod that wishes nothing gets the first network, whatever it carries. */
function goesByTraffic({ target, config }: Choosing): boolean {
  return config.cAdvisor_address !== undefined && target.wants === "any" && target.isDefault !== true;
}

/** All networks of the node, with what is known of them now. */
export async function toCandidates(
  { networks, config }: Choosing,
  ports: Pick<AddPorts, "samples" | "clock">,
): Promise<readonly Candidate[]> {
  const measured = await ports.samples(networks.networks);
  const nowMs = ports.clock.wallMs();
  const samples = [...measured, ...toSamples(config.genie.networks, nowMs)];
  return networks.networks.map(({ network, definition }: NodeNetwork) => ({
    network: network.name,
    plugin: network.plugins[0]?.type ?? "",
    attributes: listAttributes(definition, findOwn(config.genie.networks, network.name)),
    kpis: readKpis(network.name, samples, nowMs),
    current: false,
  }));
}

/** The labels of the object that describes a network, and what the admin says of it, which counts more. */
function listAttributes(definition: Definition | undefined, facts: NetworkFacts | undefined) {
  const valueByKey = new Map([...(definition?.labels ?? []), ...Object.entries(facts?.attributes ?? {})]);
  return [...valueByKey].map(([key, value]) => ({ key, value }));
}

/** The default network's own name, however `default_plugin` refers to it; undefined when the node lacks it. */
function findDefault({ config, networks }: Choosing): string | undefined {
  const target = readDefaultIntent(config).wishes[0]?.target;
  const one = target?.wants === "default" ? findNetwork(target.network, networks) : undefined;
  return networks.networks.find((network) => network === one)?.network.name;
}

import type { Config } from "../../config.ts";
import { Failure } from "../../errors.ts";
import { readDefaultIntent, readMoreDefaults } from "../genie.ts";
import type { PodIntent, Wish } from "../intent.ts";
import type { Pod } from "../pod.ts";
import { DEFAULT_NETWORK, LABELLED_NETWORKS, NETWORKS } from "./keys.ts";
import { parseElements } from "./parse.ts";
import { parseSelector } from "./selector.ts";
import { toWish } from "./wish.ts";

type Annotations = ReadonlyMap<string, string>;

/** Where Multus looks for a default network that names no namespace. */
const DEFAULT_NETWORK_NAMESPACE = "kube-system";
/** Of what no orchestrator put anywhere. */
const NAMELESS_NAMESPACE = "default";

/** True for a pod that asks in the way of the NPWG, be it for nothing. */
export function asksNpwg(annotations: Annotations): boolean {
  return [NETWORKS, DEFAULT_NETWORK, LABELLED_NETWORKS].some((key) => annotations.has(key));
}

/**
 * The default network first, then what the admin gives to every pod, then what the pod selects. Source: NPWG v1.3, §6.
 *
 * @throws {Failure} invalidConfig naming the annotation, the element and the field; unless `genie.invalidAnnotation`
 * says that such an annotation counts for nothing.
 */
export function readNpwgIntent(
  annotations: Annotations,
  { pod, config }: { pod: Pod; config: Config },
): PodIntent {
  const selected = readSelected(annotations, pod, config);
  selected.wishes.forEach(refuseTwoSources);
  const first = selected.standard ?? readDefaultIntent(config).wishes;
  const wishes = [...first, ...readMoreDefaults(pod, config), ...selected.wishes];
  return { wishes, naming: "net", ...(selected.ignored !== undefined && { ignored: selected.ignored }) };
}

interface Selected {
  /** In place of the default network. */
  readonly standard: readonly Wish[] | undefined;
  readonly wishes: readonly Wish[];
  readonly ignored?: string;
}

function readSelected(annotations: Annotations, pod: Pod, config: Config): Selected {
  try {
    return parseSelected(annotations, pod.namespace || NAMELESS_NAMESPACE);
  } catch (error) {
    if (!(error instanceof Failure) || config.genie.invalidAnnotation === "fail") throw error;
    return { standard: undefined, wishes: [], ignored: error.message };
  }
}

function parseSelected(annotations: Annotations, namespace: string): Selected {
  const placed = parseElements(annotations.get(NETWORKS) ?? "", NETWORKS);
  const wishes = placed.map((one) => toWish(one, namespace));
  return {
    standard: parseDefaultNetwork(annotations.get(DEFAULT_NETWORK) ?? ""),
    wishes: [...wishes, ...parseLabelled(annotations.get(LABELLED_NETWORKS), namespace)],
  };
}

/** Multus reads one element, whose network takes the place of the default one. */
function parseDefaultNetwork(text: string): readonly Wish[] | undefined {
  const placed = parseElements(text, DEFAULT_NETWORK);
  if (placed.length > 1) {
    throw new Failure(
      "invalidConfig",
      `annotation "${DEFAULT_NETWORK}": names ${placed.length} networks, not one`,
    );
  }
  const wishes = placed.map((one) => toOverride(toWish(one, DEFAULT_NETWORK_NAMESPACE)));
  return wishes.length === 0 ? undefined : wishes;
}

/** Never passed over: who claims an address must not get another one. Source: NPWG v1.3, §4.1.2.1.11. */
function refuseTwoSources({ from, asks }: Wish): void {
  if (asks?.ips === undefined || asks.ipamClaim === undefined) return;
  throw new Failure("invalidConfig", `${from}: ips: not beside ipam-claim-reference`);
}

function toOverride(wish: Wish): Wish {
  return { ...wish, fields: ["default-network", ...(wish.fields ?? [])] };
}

function parseLabelled(text: string | undefined, namespace: string): readonly Wish[] {
  if (text === undefined) return [];
  const from = `annotation "${LABELLED_NETWORKS}"`;
  const terms = parseSelector(text, from);
  return [{ from, target: { wants: "labelled", namespace, terms, count: 1 }, ifName: undefined }];
}

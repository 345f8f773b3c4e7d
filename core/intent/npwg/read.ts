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
  const namespace = pod.namespace || NAMELESS_NAMESPACE;
  const read = (key: string, parse: (text: string) => readonly Wish[]) =>
    readOne(() => parse(annotations.get(key) ?? ""), config);
  const standard = read(DEFAULT_NETWORK, parseDefaultNetwork);
  const selected = read(NETWORKS, (text) => parseNetworks(text, { namespace, standard: standard.wishes }));
  const labelled = read(LABELLED_NETWORKS, () =>
    parseLabelled(annotations.get(LABELLED_NETWORKS), namespace),
  );
  [...standard.wishes, ...selected.wishes].forEach(refuseTwoSources);
  const first = standard.wishes.length > 0 ? standard.wishes : readDefaultIntent(config).wishes;
  const wishes = [...first, ...readMoreDefaults(pod, config), ...selected.wishes, ...labelled.wishes];
  const ignored = [standard, selected, labelled].flatMap((one) => one.ignored ?? []);
  return { wishes, naming: "net", ...(ignored.length > 0 && { ignored: ignored.join("; ") }) };
}

/** What one annotation says. */
interface Reading {
  readonly wishes: readonly Wish[];
  /** Why it counts for nothing. */
  readonly ignored?: string;
}

/** An annotation that can't be read takes none of the others with it. */
function readOne(parse: () => readonly Wish[], { genie }: Config): Reading {
  try {
    return { wishes: parse() };
  } catch (error) {
    if (!(error instanceof Failure) || genie.invalidAnnotation === "fail") throw error;
    return { wishes: [], ignored: error.message };
  }
}

interface Around {
  readonly namespace: string;
  /** In place of the default network. */
  readonly standard: readonly Wish[];
}

function parseNetworks(text: string, { namespace, standard }: Around): readonly Wish[] {
  const wishes = parseElements(text, NETWORKS).map((one) => toWish(one, namespace));
  const [owner, second] = [...standard, ...wishes].filter(({ gateways }) => gateways !== undefined);
  if (owner === undefined || second === undefined) return wishes;
  throw new Failure("invalidConfig", `${second.from}: default-route: ${owner.from} has one already`);
}

/** Multus reads one element, whose network takes the place of the default one. */
function parseDefaultNetwork(text: string): readonly Wish[] {
  const placed = parseElements(text, DEFAULT_NETWORK);
  if (placed.length > 1) {
    throw new Failure(
      "invalidConfig",
      `annotation "${DEFAULT_NETWORK}": names ${placed.length} networks, not one`,
    );
  }
  return placed.map((one) => toOverride(toWish(one, DEFAULT_NETWORK_NAMESPACE)));
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

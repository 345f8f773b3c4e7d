import type { GenieConfig } from "../config.ts";
import type { Attachment } from "../ports.ts";
import { findJsonObject, isJsonObject } from "../spec/json.ts";
import { familyOf, type Result, toResult } from "../spec/result.ts";
import { findTable, type Routing } from "./acts.ts";
import { FAMILIES, type Family, listDefaultFamilies } from "./family.ts";

/** The first table of ours in a pod: others' plugins begin at 1 (vrf) and at 100 (sbr). */
const FIRST_TABLE = 1000;

/** One interface that is to be made, with the gateways that were asked for with it. */
export interface RoutedInterface {
  readonly ifName: string;
  readonly gateways: readonly string[] | undefined;
}

export interface RouterOptions {
  readonly mode: GenieConfig["secondaryRoutes"];
  readonly hasProgram: boolean;
  /** In the order of attachment. */
  readonly interfaces: readonly RoutedInterface[];
  /** What the plugins before genie have made, and what other calls have attached. */
  readonly before: { readonly prevResult: Result | undefined; readonly others: readonly Attachment[] };
}

/** Decides interface by interface how routes are arranged. */
export interface Router {
  /** Asked once for each interface, before it is made; undefined where all stays as the network has it. */
  readonly plan: (ifName: string) => Routing | undefined;
  /** Told of each interface that was made, with its result as it is told. */
  readonly note: (result: Result) => void;
}

/** Would any interface be arranged? */
export function isRouted({ mode, interfaces, before }: Omit<RouterOptions, "hasProgram">): boolean {
  if (interfaces.some(({ gateways }) => gateways !== undefined)) return true;
  const count = interfaces.length + countBefore(before);
  return mode !== "keep" && count > 1;
}

/**
 * The pod's default route of each family belongs to the interface for which it was asked, else to the first that
 * brings one. The others lose theirs, and keep it in a table of their own where the admin wants that.
 */
export function openRouter(options: RouterOptions): Router {
  const { mode, hasProgram, interfaces, before } = options;
  if (!isRouted(options)) return { plan: () => undefined, note: () => {} };
  const ownerByFamily = planOwners(interfaces);
  const owned = new Set<Family>(mode === "keep" ? [] : listOwned(before));
  const nextTable = openTables(before.others);
  const hasTables = mode === "sbr" && hasProgram && interfaces.length + countBefore(before) > 1;
  return {
    plan(ifName) {
      const gateways = interfaces.find((one) => one.ifName === ifName)?.gateways ?? [];
      const without = FAMILIES.filter((family) => {
        const owner = ownerByFamily.get(family);
        return owner === undefined ? owned.has(family) : owner !== ifName;
      });
      return { without, gateways, table: hasTables ? nextTable() : undefined, hasProgram };
    },
    note(result) {
      if (mode !== "keep") for (const family of listDefaultFamilies(result)) owned.add(family);
    },
  };
}

/** Who asks for the default route asks for that of the gateways' families, or without gateways for both. */
function planOwners(interfaces: readonly RoutedInterface[]): ReadonlyMap<Family, string> {
  const owners = interfaces.toReversed().flatMap(({ ifName, gateways }): [Family, string][] => {
    if (gateways === undefined) return [];
    const families = gateways.length === 0 ? FAMILIES : gateways.map(familyOf);
    return families.map((family) => [family, ifName]);
  });
  return new Map(owners);
}

function countBefore({ prevResult, others }: RouterOptions["before"]): number {
  return others.filter(isAttached).length + (prevResult === undefined ? 0 : 1);
}

function listOwned({ prevResult, others }: RouterOptions["before"]): readonly Family[] {
  return [
    ...(prevResult === undefined ? [] : listDefaultFamilies(prevResult)),
    ...others.filter(isAttached).flatMap(listFamilies),
  ];
}

/** Before 0.4.0 no result is kept: such an attachment counts as having both. */
function listFamilies({ steps }: Attachment): readonly Family[] {
  const results = steps.map(({ stdin }) => findJsonObject(stdin)?.["prevResult"]).filter(isJsonObject);
  const [result] = results;
  return result === undefined ? FAMILIES : listDefaultFamilies(toResult(result));
}

function isAttached({ state }: Attachment): boolean {
  return state === "attached";
}

/** Each call gives a number that no attachment of the container has. */
function openTables(others: readonly Attachment[]): () => number {
  const used = new Set(others.flatMap(({ steps }) => steps.map(findTable)));
  let next = FIRST_TABLE;
  return () => {
    while (used.has(next)) next += 1;
    return next++;
  };
}

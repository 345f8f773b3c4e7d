import { Failure } from "../errors.ts";
import { countOf, type PodIntent, type Wish } from "./intent.ts";

/** Most interfaces that one call may make. */
const MOST_INTERFACES = 64;

/** The names that are not to be had. */
export interface Naming {
  /** CNI_IFNAME. */
  readonly called: string;
  /** What other calls have attached to this container. */
  readonly taken: ReadonlySet<string>;
}

/** The interfaces of one wish, as many as it is for. */
export interface NamedWish {
  readonly wish: Wish;
  readonly ifNames: readonly string[];
}

/**
 * Names every interface. Names that were asked for are reserved; the first interface without one is called as the
 * runtime calls it, the others `eth<k>` by the smallest free k, or `net<k>` by their position.
 *
 * @throws {Failure} invalidConfig when a name is asked for twice or is in use, or for too many interfaces.
 */
export function planInterfaceNames(
  { wishes, naming }: PodIntent,
  { called, taken }: Naming,
): readonly NamedWish[] {
  // the main interface is the default network's. Source: NPWG v1.3, §6.2
  const main = naming === "net" && wishes[0]?.ifName === undefined ? [called] : [];
  const used = reserve(wishes, [...taken, ...main]);
  const total = wishes.reduce((sum, wish) => sum + countOf(wish), 0);
  if (total > MOST_INTERFACES) {
    throw new Failure("invalidConfig", `the pod asks for ${total} interfaces, more than ${MOST_INTERFACES}`);
  }
  const isCalledOurs = naming === "eth" || main.length > 0;
  let isCalledFree = isCalledOurs && !taken.has(called) && wishes.every(({ ifName }) => ifName !== called);
  const next = (position: number): string => {
    const name = isCalledFree ? called : findFree(naming, naming === "eth" ? 0 : position, used);
    isCalledFree = false;
    used.add(name);
    return name;
  };
  let position = 0;
  return wishes.map((wish) => ({
    wish,
    ifNames: Array.from({ length: countOf(wish) }, (_, at) => {
      const name = at === 0 && wish.ifName !== undefined ? wish.ifName : next(position);
      position += 1;
      return name;
    }),
  }));
}

/**
 * The interface that gets what the runtime says: that of the default network where the NPWG speaks, and otherwise the
 * one that the runtime asked for, or the first. Source: NPWG v1.3, §7.5.
 */
export function findMain(
  named: readonly NamedWish[],
  { naming, called }: { naming: PodIntent["naming"]; called: string },
): string | undefined {
  const all = named.flatMap(({ ifNames }) => ifNames);
  return naming === "eth" && all.includes(called) ? called : all[0];
}

/** The names that are in use before any is given. */
function reserve(wishes: readonly Wish[], taken: readonly string[]): Set<string> {
  const used = new Set(taken);
  for (const { ifName, from } of wishes) {
    if (ifName === undefined) continue;
    if (used.has(ifName)) {
      throw new Failure(
        "invalidConfig",
        `${from}: the interface name ${ifName} is asked for twice or in use`,
      );
    }
    used.add(ifName);
  }
  return used;
}

function findFree(prefix: string, from: number, used: ReadonlySet<string>): string {
  for (let at = from; ; at++) if (!used.has(`${prefix}${at}`)) return `${prefix}${at}`;
}

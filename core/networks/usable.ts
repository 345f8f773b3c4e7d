import { Failure, type FailureKind, listSome } from "../errors.ts";
import type { Wish } from "../intent/intent.ts";
import { findMissingCapability } from "./asked-capabilities.ts";
import type { NodeNetwork, NodeNetworks, Skipped, Surroundings } from "./candidates.ts";
import { findDenial } from "./permission.ts";

/** A wish, as far as it says what may serve it. */
type Judged = Pick<Wish, "from" | "asks" | "fields">;

interface Unfit {
  readonly kind: FailureKind;
  readonly reason: string;
}

/** @throws {Failure} deniedByRule or invalidConfig, when this pod may not use the network so, or it can't serve. */
export function requireUsable(one: NodeNetwork, wish: Judged, around: Surroundings): void {
  const unfit = findUnfit(one, wish, around);
  if (unfit === undefined) return;
  throw new Failure(unfit.kind, `${wish.from}: ${one.file}: ${unfit.reason}`);
}

/**
 * Those of the networks that can serve the wish.
 *
 * @throws {Failure} deniedByRule, or noCandidate, when there are too few.
 */
export function narrow(networks: NodeNetworks, wish: Judged, around: Surroundings): NodeNetworks {
  const judged = networks.networks.map((one) => ({ one, unfit: findUnfit(one, wish, around) }));
  const usable = judged.filter(({ unfit }) => unfit === undefined).map(({ one }) => one);
  const unusable = judged.flatMap(({ one: { file }, unfit }): (Skipped & Unfit)[] =>
    unfit === undefined ? [] : [{ file, ...unfit }],
  );
  if (usable.length === 0 && unusable.length > 0) {
    const isDenied = unusable.every(({ kind }) => kind === "deniedByRule");
    const details = listSome(unusable.map(toText), "; ");
    const message = `${wish.from}: none of the networks may be used so`;
    throw new Failure(isDenied ? "deniedByRule" : "noCandidate", message, { details });
  }
  return { networks: usable, skipped: [...networks.skipped, ...unusable] };
}

function toText({ file, reason }: Skipped): string {
  return `${file}: ${reason}`;
}

function findUnfit(
  one: NodeNetwork,
  { asks = {}, fields = [] }: Judged,
  around: Surroundings,
): Unfit | undefined {
  const denial = findDenial(one, fields, { pod: around.pod, rules: around.config.genie });
  if (denial !== undefined) return { kind: "deniedByRule", reason: denial };
  const missing = findMissingCapability(asks, one.network);
  if (missing === undefined) return undefined;
  return { kind: "invalidConfig", reason: `no plugin of the network declares the capability ${missing}` };
}

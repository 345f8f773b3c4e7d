import { listSome } from "../../core/errors.ts";
import type { Digest } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import type { ModuleSlot } from "./config-file.ts";
import { settleEach } from "../../registry/some-at-a-time.ts";
import { parseSlot, toFetched, toPlace } from "./module-place.ts";
import { pullModule, type PullTarget } from "./pull-module.ts";
import type { Shell } from "./shell.ts";
import { listSlotFaults } from "./slot-faults.ts";

/** A module that is named in one place or in several. */
export interface SlotModule {
  readonly reference: Reference;
  /** The first one. */
  readonly place: string;
  readonly slots: readonly ModuleSlot[];
}

export interface Pulled {
  readonly reference: string;
  /** Null when it could not be had. */
  readonly digest: Digest | null;
  /** Why it isn't in the store, or is and can't do its work; null when all is well. */
  readonly fault: string | null;
  /** The configuration, and policies of the cluster; nobody where it was asked for by itself. */
  readonly wantedBy: readonly string[];
}

/** Each module once. @throws {RegistryFailure} invalidReference, naming owner and field */
export function listSlotModules(slots: readonly ModuleSlot[]): SlotModule[] {
  const parsed = slots.map((slot) => ({ slot, reference: parseSlot(slot) }));
  const groups = Map.groupBy(parsed, ({ reference }) => formatReference(reference));
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const slots = same.map(({ slot }) => slot);
    return [{ reference: first.reference, place: toPlace(first.slot), slots }];
  });
}

/** Has the modules in the store, a few at a time. What one of them can't is said with it, and stops no other. */
export async function pullSlots(
  modules: readonly SlotModule[],
  target: PullTarget,
  shell: Shell,
): Promise<Pulled[]> {
  const results = await settleEach(modules, (one) => pullForSlots(one, target, shell));
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

async function pullForSlots(
  { reference, place, slots }: SlotModule,
  target: PullTarget,
  shell: Shell,
): Promise<Pulled> {
  const wantedBy = [...new Set(slots.map(({ owner }) => owner))];
  const named = { reference: formatReference(reference), wantedBy };
  try {
    const { digest, misfit, wasm } = await pullModule(target, toFetched(reference), shell);
    const faults = misfit === undefined ? listFaults(slots, wasm) : [`${place}: ${misfit}`];
    return { ...named, digest, fault: faults.length === 0 ? null : listSome(faults, "; ") };
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    return { ...named, digest: null, fault: `${place}: ${error.message}: ${error.todo}` };
  }
}

function listFaults(slots: readonly ModuleSlot[], wasm: Uint8Array): readonly string[] {
  return slots.flatMap((slot) => listSlotFaults(slot, wasm).map((fault) => `${slot.owner}: ${fault}`));
}

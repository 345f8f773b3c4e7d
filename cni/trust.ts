import type { ModuleSource } from "../core/sandbox/port.ts";
import { RegistryFailure } from "../registry/errors.ts";
import { parseReference } from "../registry/reference.ts";
import { openStore } from "../registry/store/store.ts";
import { findRefusal } from "../registry/trust/admit.ts";
import type { TrustPolicy } from "../registry/trust/policy.ts";

export interface TrustOptions {
  /** Asked at every load. Without a policy, the digests alone count. */
  readonly findPolicy: () => Promise<TrustPolicy | undefined>;
  /** Where modules and their signatures are. */
  readonly storeDir: string;
}

/**
 * Holds back each module that the policy doesn't admit with the signatures that were pulled with it. What is blocked
 * stops with the next load; a policy that can't be used stops every module.
 */
export function guardSource(source: ModuleSource, options: TrustOptions): ModuleSource {
  return {
    async load(reference, kind, signal) {
      const refusal = await findLoadRefusal(reference, options);
      if (refusal !== undefined) return { outcome: "error", detail: refusal };
      return await source.load(reference, kind, signal);
    },
  };
}

/** Why a module of the store may not be loaded; undefined when it may. */
export async function findLoadRefusal(
  name: string,
  { findPolicy, storeDir }: TrustOptions,
): Promise<string | undefined> {
  try {
    const policy = await findPolicy();
    if (policy === undefined) return undefined;
    const reference = parseReference(name);
    const { digest } = reference;
    if (digest === undefined) return "the trust policy admits modules by digest only";
    const refusal = await findRefusal(policy, { reference, digest }, openStore(storeDir).reader(reference));
    return refusal && `the trust policy refuses it: ${refusal}`;
  } catch (error) {
    if (error instanceof RegistryFailure) return `${error.message}: ${error.todo}`;
    throw error;
  }
}

import type { ModuleSource } from "../core/sandbox/port.ts";
import { RegistryFailure } from "../registry/errors.ts";
import { parseReference } from "../registry/reference.ts";
import { openStore, type Store } from "../registry/store/store.ts";
import { findRefusal } from "../registry/trust/admit.ts";
import type { TrustPolicy } from "../registry/trust/policy.ts";

export interface TrustOptions {
  /** Asked once. Without a policy, the digests alone count. */
  readonly findPolicy: () => Promise<TrustPolicy | undefined>;
  /** Where modules and their signatures are. */
  readonly storeDir: string;
}

/** Policy and store as one call sees them. */
export interface Trust {
  /** Why a module of the store may not be loaded; undefined when it may. */
  findRefusal(reference: string): Promise<string | undefined>;
}

/** However many modules are loaded, policy and index are read once: they are what they were at the first. */
export function openTrust({ findPolicy, storeDir }: TrustOptions): Trust {
  const toReader = openStore(storeDir).readers();
  let policy: Promise<TrustPolicy | undefined> | undefined;
  const options = { findPolicy: () => (policy ??= findPolicy()), toReader };
  return { findRefusal: (name) => findLoadRefusal(name, options) };
}

/**
 * Holds back each module that the policy doesn't admit with the signatures that were pulled with it. What is blocked
 * stops with the next pod; a policy that can't be used stops every module.
 */
export function guardSource(source: ModuleSource, options: TrustOptions): ModuleSource {
  const trust = openTrust(options);
  return {
    async load(reference, kind, signal) {
      const refusal = await trust.findRefusal(reference);
      if (refusal !== undefined) return { outcome: "error", detail: refusal };
      return await source.load(reference, kind, signal);
    },
  };
}

async function findLoadRefusal(
  name: string,
  { findPolicy, toReader }: Pick<TrustOptions, "findPolicy"> & { toReader: ReturnType<Store["readers"]> },
): Promise<string | undefined> {
  try {
    const policy = await findPolicy();
    if (policy === undefined) return undefined;
    const reference = parseReference(name);
    const { digest } = reference;
    if (digest === undefined) return "the trust policy admits modules by digest only";
    const refusal = await findRefusal(policy, { reference, digest }, toReader(reference));
    return refusal && `the trust policy refuses it: ${refusal}`;
  } catch (error) {
    if (error instanceof RegistryFailure) return `${error.message}: ${error.todo}`;
    throw error;
  }
}

import type { Digest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import type { ArtifactReader } from "../reader.ts";
import { formatReference, type Reference } from "../reference.ts";
import { listSignatures } from "./collect.ts";
import { findEarlyRefusal, judge } from "./judge.ts";
import type { TrustPolicy } from "./policy.ts";
import type { BadSignature, Signature } from "./signature.ts";

/** A module as it is asked for, and what the reference leads to. */
export interface NamedModule {
  readonly reference: Reference;
  readonly digest: Digest;
}

/** Why the policy doesn't admit a module with the signatures that `reader` has; undefined when it does. */
export async function findRefusal(
  policy: TrustPolicy,
  module: NamedModule,
  reader: ArtifactReader,
): Promise<string | undefined> {
  const early = findEarlyRefusal(policy, module);
  if (early !== undefined) return early;
  return judge(policy, { ...module, signatures: await listSignatures(reader, module.digest) }).refusal;
}

/** Before a registry is asked. @throws {RegistryFailure} untrusted */
export function checkSource(policy: TrustPolicy | undefined, reference: Reference): void {
  if (policy === undefined) return;
  refuseEarly(policy, { reference, digest: reference.digest });
}

/** @throws {RegistryFailure} untrusted */
export function checkTrusted(
  policy: TrustPolicy,
  module: NamedModule,
  signatures: readonly (Signature | BadSignature)[],
): void {
  refuseEarly(policy, module);
  refuse(module.reference, judge(policy, { ...module, signatures }).refusal);
}

function refuseEarly(
  policy: TrustPolicy,
  module: { reference: Reference; digest: Digest | undefined },
): void {
  refuse(
    module.reference,
    findEarlyRefusal(policy, module),
    "name another module: no signature changes this",
  );
}

function refuse(reference: Reference, refusal: string | undefined, todo?: string): void {
  if (refusal === undefined) return;
  const what = `the trust policy refuses ${formatReference(reference)}: ${refusal}`;
  throw new RegistryFailure("untrusted", what, todo === undefined ? {} : { todo });
}

import type { Digest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import type { ArtifactReader } from "../reader.ts";
import { formatReference, type Reference } from "../reference.ts";
import { listBundled, listSignatures, listTagged } from "./collect.ts";
import { findEarlyRefusal, judge, type Judgement } from "./judge.ts";
import type { TrustPolicy } from "./policy.ts";
import type { BadSignature, Signature } from "./signature.ts";

/** A module as it is asked for, and what the reference leads to. */
export interface NamedModule {
  readonly reference: Reference;
  readonly digest: Digest;
}

type Signatures = readonly (Signature | BadSignature)[];

/** Why the policy doesn't admit a module with the signatures that `reader` has; undefined when it does. */
export async function findRefusal(
  policy: TrustPolicy,
  module: NamedModule,
  reader: ArtifactReader,
): Promise<string | undefined> {
  return findEarlyRefusal(policy, module) ?? (await judgeEnough(policy, module, reader)).refusal;
}

/** What the policy says of a module: bundles are read only where the signatures of the tag don't do. */
export async function judgeEnough(
  policy: TrustPolicy,
  module: NamedModule,
  reader: ArtifactReader,
): Promise<Judgement> {
  const { digest } = module;
  const tagged = await listTagged(reader, digest);
  const judgement = judge(policy, { ...module, signatures: tagged });
  if (judgement.refusal === undefined) return judgement;
  return judge(policy, { ...module, signatures: [...tagged, ...(await listBundled(reader, digest))] });
}

/** As judgeEnough, with every signature. */
export async function judgeAll(
  policy: TrustPolicy,
  module: NamedModule,
  reader: ArtifactReader,
): Promise<Judgement> {
  return judge(policy, { ...module, signatures: await listSignatures(reader, module.digest) });
}

/** Before a registry is asked. @throws {RegistryFailure} untrusted */
export function checkSource(policy: TrustPolicy | undefined, reference: Reference): void {
  if (policy === undefined) return;
  refuseEarly(policy, { reference, digest: reference.digest });
}

/** @throws {RegistryFailure} untrusted */
export function checkTrusted(policy: TrustPolicy, module: NamedModule, signatures: Signatures): void {
  checkJudged(policy, module, judge(policy, { ...module, signatures }));
}

/** @throws {RegistryFailure} untrusted */
export function checkJudged(policy: TrustPolicy, module: NamedModule, { refusal }: Judgement): void {
  refuseEarly(policy, module);
  refuse(module.reference, refusal);
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

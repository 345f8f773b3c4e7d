import type { Digest } from "../digest.ts";
import type { RepositoryName } from "../repository-name.ts";
import { judge, type JudgedSignature } from "../trust/judge.ts";
import type { TrustPolicy } from "../trust/policy.ts";
import type { BadSignature, Signature } from "../trust/signature.ts";
import type { ModuleDetails, SignatureView } from "./details.ts";

const WORDS_BY_FORMAT = {
  sig: "cosign signature",
  bundle: "sigstore bundle",
} as const satisfies Record<Signature["format"], string>;

/** What is known of a module's signatures: with a policy whether they hold, without one only that they're there. */
export function judgeFor(
  policy: TrustPolicy | undefined,
  module: {
    reference: RepositoryName;
    digest: Digest;
    signatures: readonly (Signature | BadSignature)[];
  },
): Pick<ModuleDetails, "signatures" | "policy"> {
  if (policy === undefined) return { signatures: module.signatures.map(toUnchecked), policy: undefined };
  const { refusal, signatures } = judge(policy, module);
  return { signatures: signatures.map(toChecked), policy: { refusal } };
}

function toChecked({ format, key, fault }: JudgedSignature): SignatureView {
  const state = fault === undefined ? "holds" : "broken";
  return { format: WORDS_BY_FORMAT[format], identity: key, state, fault };
}

function toUnchecked(found: Signature | BadSignature): SignatureView {
  const fault = "fault" in found ? found.fault : undefined;
  const state = fault === undefined ? "unchecked" : "broken";
  return { format: WORDS_BY_FORMAT[found.format], identity: undefined, state, fault };
}

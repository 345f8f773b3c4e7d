import type { Digest } from "../digest.ts";
import type { RepositoryName } from "../repository-name.ts";
import { judge, type JudgedSignature, toState } from "../trust/judge.ts";
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
  if (policy === undefined)
    return { signatures: module.signatures.map((found) => toView(found, undefined)), policy: undefined };
  const { refusal, signatures } = judge(policy, module);
  const views = module.signatures.map((found, at) => toView(found, signatures[at]));
  return { signatures: views, policy: { refusal } };
}

function toView(found: Signature | BadSignature, judged: JudgedSignature | undefined): SignatureView {
  const fault = "fault" in found ? found.fault : judged?.fault;
  const format = WORDS_BY_FORMAT[found.format];
  return { format, identity: judged?.key, state: toState(found, judged), fault };
}

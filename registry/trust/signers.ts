import type { ArtifactReader } from "../reader.ts";
import type { NamedModule } from "./admit.ts";
import { listSignatures } from "./collect.ts";
import { judge } from "./judge.ts";
import type { TrustPolicy } from "./policy.ts";

/** The keys whose signatures of a module hold, each once, as the policy calls them. */
export async function listSigners(
  policy: TrustPolicy,
  module: NamedModule,
  reader: ArtifactReader,
): Promise<readonly string[]> {
  const signatures = await listSignatures(reader, module.digest);
  const judged = judge(policy, { ...module, signatures }).signatures;
  return [
    ...new Set(judged.flatMap(({ key, fault }) => (fault === undefined && key !== undefined ? key : []))),
  ];
}

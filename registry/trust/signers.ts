import type { ArtifactReader } from "../reader.ts";
import { judgeAll, type NamedModule } from "./admit.ts";
import type { Judgement } from "./judge.ts";
import type { TrustPolicy } from "./policy.ts";

/** The keys whose signatures of a module hold, each once, as the policy calls them. */
export async function listSigners(
  policy: TrustPolicy,
  module: NamedModule,
  reader: ArtifactReader,
): Promise<readonly string[]> {
  return toSigners(await judgeAll(policy, module, reader));
}

/** As listSigners, of what was judged already. */
export function toSigners({ signatures }: Judgement): readonly string[] {
  return [
    ...new Set(signatures.flatMap(({ key, fault }) => (fault === undefined && key !== undefined ? key : []))),
  ];
}

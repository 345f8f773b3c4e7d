import type { Config } from "../../core/config.ts";
import type { SelectionPolicy } from "../../core/selection-policy/policy.ts";
import { readPolicies } from "../../core/selection-policy/rules.ts";
import { listModules } from "../../core/select/selection-config.ts";
import { openCluster } from "../cluster/cluster.ts";
import { type Finding, ok, runCheck } from "./check.ts";
import { checkEach } from "./modules.ts";

const CHECK = "SelectionPolicies";

interface Asked {
  readonly config: Config;
  readonly storeDir: string;
  readonly signal: AbortSignal;
}

/** The cluster's rules as an ADD reads them, and the modules that they bring to this node. */
export function checkPolicies({ config, storeDir, signal }: Asked): Promise<readonly Finding[]> {
  const { kubernetes, policy, genie } = config;
  const cluster = kubernetes && openCluster({ kubernetes, policy });
  const look = async (): Promise<readonly Finding[]> => {
    const policies = await readPolicies({ cluster, signal });
    const own = listModules(genie.selection).map(({ module }) => module);
    const brought = genie.overridable ? policies.flatMap(listReferences) : [];
    const references = [...new Set(brought)].filter((one) => !own.includes(one));
    const detail = policies.length === 0 ? "there is none" : `${policies.length}, and each can be read`;
    const summary = ok(CHECK, detail);
    if (references.length === 0) return [summary];
    return [summary, ...(await checkEach(references, { policy: genie.trust.policy, storeDir }))];
  };
  return runCheck({ name: CHECK, look });
}

function listReferences({ selection }: SelectionPolicy): readonly string[] {
  return selection === undefined ? [] : listModules(selection).map(({ module }) => module);
}

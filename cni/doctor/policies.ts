import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../core/config.ts";
import type { SelectionPolicy } from "../../core/selection-policy/policy.ts";
import { readPolicies } from "../../core/selection-policy/rules.ts";
import { type ConfiguredModule, listConfigured } from "../../core/select/selection-config.ts";
import { openCluster } from "../cluster/cluster.ts";
import { type Finding, ok, runCheck } from "./check.ts";
import { checkModuleHealth } from "./module-health.ts";
import { checkModuleNeeds } from "./module-needs.ts";
import { checkEach } from "./modules.ts";
import { listOwnModules, type Subject } from "./subject.ts";

const CHECK = "SelectionPolicies";

type Configured = Subject & { readonly config: Config };

/** The cluster's rules as an ADD reads them, and the modules that they bring to this node. */
export function checkPolicies(subject: Configured, signal: AbortSignal): Promise<readonly Finding[]> {
  const { kubernetes, policy, genie } = subject.config;
  const cluster = kubernetes && openCluster({ kubernetes, policy });
  const look = async (): Promise<readonly Finding[]> => {
    const policies = await readPolicies({ cluster, signal });
    const detail = policies.length === 0 ? "there is none" : `${policies.length}, and each can be read`;
    const brought = genie.overridable ? policies.flatMap(listBrought) : [];
    return [ok(CHECK, detail), ...(await checkBrought(brought, subject))];
  };
  return runCheck({ name: CHECK, look });
}

function listBrought({ selection }: SelectionPolicy): readonly ConfiguredModule[] {
  return selection === undefined ? [] : listConfigured(selection);
}

/** As the modules of the configuration are looked at; what is said of those isn't said again. */
async function checkBrought(
  brought: readonly ConfiguredModule[],
  subject: Configured,
): Promise<readonly Finding[]> {
  const own = listOwnModules(subject);
  const fresh = brought.filter(({ config }) => !own.some((one) => one.config.module === config.module));
  const changed = brought.filter((one) => !own.some((other) => isDeepStrictEqual(one, other)));
  const references = [...new Set(fresh.map(({ config }) => config.module))];
  const where = { policy: subject.config.genie.trust.policy, storeDir: subject.folders.moduleStore };
  const findings = [
    ...(references.length === 0 ? [] : await checkEach(references, where)),
    ...(await checkModuleNeeds(subject, changed)),
    ...(await checkModuleHealth(subject, fresh)),
  ];
  return findings.filter((one, at) => findings.findIndex((other) => isDeepStrictEqual(one, other)) === at);
}

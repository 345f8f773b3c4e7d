import type { Config } from "../../core/config.ts";
import { openInspection } from "../cluster/cluster.ts";
import type { ApiUser, Inspection } from "../cluster/inspection.ts";
import { DEFINITION, type Kind, LOGICAL, PHYSICAL, SELECTION_POLICY } from "../cluster/kinds.ts";
import { type NeededRight, RIGHTS } from "../cluster/rights.ts";
import { type Finding, ok, problem, runCheck, warning } from "./check.ts";
import { checkCredential, MAKE_TOKEN } from "./credentials.ts";
import { checkPolicies } from "./policies.ts";
import type { Subject } from "./subject.ts";

const CHECK = "API server";
const APPLY = "kubectl apply --server-side --recursive -f cni/deploy";
/** The account of `cni/deploy/rights.yaml`, from which the API server takes nothing where its token has no node. */
const ACCOUNT = "system:serviceaccount:kube-system:genie";

/** The way to the API server: who vouches for it, who it takes us for, what we may, and the cluster's own rules. */
export async function checkCluster(subject: Subject, signal: AbortSignal): Promise<readonly Finding[]> {
  const { config } = subject;
  if (config === undefined) return [];
  const { kubernetes, policy, genie } = config;
  const isRuled = genie.policySource === "cluster";
  if (kubernetes === undefined && !isRuled) return [ok(CHECK, 'none is asked: no block "kubernetes"')];
  if (kubernetes === undefined) return await checkPolicies({ ...subject, config }, signal);
  const inspection = await openInspection({ kubernetes, policy });
  const credentials = await Promise.all(
    inspection.credentials.map((one) => checkCredential(CHECK, one, Date.now())),
  );
  const look = async () => [
    toUserFinding(await inspection.findUser(signal), inspection.url),
    ...(await checkRights(config, inspection, signal)),
    ...(await checkKinds(config, inspection, signal)),
    ...(isRuled ? await checkPolicies({ ...subject, config }, signal) : []),
  ];
  return [...credentials.flat(), ...(await runCheck({ name: CHECK, look }))];
}

function toUserFinding({ name, node }: ApiUser, url: string): Finding {
  const detail = `${url} takes genie for ${name}`;
  if (node !== undefined) return ok(CHECK, `${detail} on node ${node}`);
  if (name !== ACCOUNT) return ok(CHECK, detail);
  return warning(CHECK, {
    detail: `${detail}, whose token says no node: no annotation is taken from it`,
    todo: `bind it to this node: ${MAKE_TOKEN}`,
  });
}

async function checkRights(
  { genie }: Config,
  inspection: Inspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const needed = RIGHTS.filter(({ purpose }) => purpose !== "policies" || genie.policySource === "cluster");
  const answers = await Promise.all(
    needed.map(async (right) => ({ right, isAllowed: await inspection.isAllowed(right, signal) })),
  );
  const missing = answers.filter(({ isAllowed }) => !isAllowed).map(({ right }) => toMissing(right));
  return missing.length > 0 ? missing : [ok(`${CHECK}, rights`, `all ${needed.length} that genie needs`)];
}

function toMissing({ verb, resource, group, purpose }: NeededRight): Finding {
  const detail = `RBAC: genie's user lacks verb "${verb}" on resource "${resource}" of API group "${group}"`;
  const said = { detail, todo: `${APPLY}/rights.yaml, and use the account of that file` };
  return purpose === "tell" ? warning(`${CHECK}, rights`, said) : problem(`${CHECK}, rights`, said);
}

async function checkKinds(
  { genie }: Config,
  inspection: Inspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const kinds: readonly Kind[] = [
    DEFINITION,
    LOGICAL,
    PHYSICAL,
    ...(genie.policySource === "cluster" ? [SELECTION_POLICY] : []),
  ];
  const answers = await Promise.all(
    kinds.map(async (kind) => ({ kind, isServed: await inspection.isServed(kind, signal) })),
  );
  const missing = answers.filter(({ isServed }) => !isServed).map(({ kind }) => kind);
  if (missing.length === 0) return [ok(`${CHECK}, kinds`, `all ${kinds.length} that genie reads`)];
  return missing.map(({ plural, group, version }) =>
    warning(`${CHECK}, kinds`, {
      detail: `${plural}.${group} isn't there in version ${version}, as if there were no such object`,
      todo: `${APPLY}/crd`,
    }),
  );
}

import { access } from "node:fs/promises";
import { listModules } from "../../core/select/selection-config.ts";
import { unlessMissing } from "../../core/missing.ts";
import { isPrepared } from "../../registry/prepare/prepared.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { type Finding, ok, problem, runCheck, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

const PULL = "run geniectl pull --config FILE";

/** Whether each pinned module is in the store, whole, and ready to be loaded. */
export async function checkModules({ config, folders }: Subject): Promise<readonly Finding[]> {
  if (config === undefined) return [];
  const { selection, trust } = config.genie;
  const named = listModules(selection);
  if (named.length === 0) return [ok("modules", "none configured: the first network in file order is taken")];
  const references = [...new Set(named.map(({ module }) => module))];
  const looks = references.map((reference) => {
    const name = `module ${reference}`;
    return runCheck({ name, look: async () => [await checkModule(reference, folders.moduleStore)] });
  });
  return [...(await Promise.all(looks)).flat(), ...(await checkTrust(trust.policy))];
}

async function checkModule(reference: string, storeDir: string): Promise<Finding> {
  const check = `module ${reference}`;
  const { digest } = parseReference(reference);
  const module = digest === undefined ? undefined : await openStore(storeDir).findModule(digest);
  if (digest === undefined || module === undefined) {
    return problem(check, { detail: `isn't in ${storeDir}`, todo: PULL });
  }
  if (await isPrepared(storeDir, digest)) return ok(check, `is in ${storeDir}, whole and prepared`);
  const detail = `is in ${storeDir}, but not prepared for this node and version: the first pod waits longer`;
  return warning(check, { detail, todo: PULL });
}

/** Signatures can't be verified yet, and a policy holds back every module that isn't. */
async function checkTrust(policy: string): Promise<readonly Finding[]> {
  if ((await unlessMissing(access(policy).then(() => true))) === undefined) return [];
  const detail = `${policy} asks for signatures, which can't be verified yet: no module is loaded`;
  return [problem("trust policy", { detail, todo: "take it away to count on the digests alone" })];
}

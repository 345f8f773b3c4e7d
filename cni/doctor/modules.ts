import { isPrepared } from "../../registry/prepare/prepared.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { findPolicy } from "../../registry/trust/policy-file.ts";
import { openTrust } from "../trust.ts";
import { type Finding, ok, problem, runCheck, warning } from "./check.ts";
import { listOwnModules, type Subject } from "./subject.ts";

const PULL = "run geniectl pull --config FILE";

/** Whether each pinned module is in the store, whole, and ready to be loaded. */
export async function checkModules({ config, folders }: Subject): Promise<readonly Finding[]> {
  if (config === undefined) return [];
  const named = listOwnModules({ config });
  if (named.length === 0) return [ok("modules", "none configured")];
  const references = [...new Set(named.map((one) => one.config.module))];
  const { policy } = config.genie.trust;
  return await checkEach(references, { policy, storeDir: folders.moduleStore });
}

/** @param where the trust policy's file, and the store. */
export async function checkEach(
  references: readonly string[],
  where: { policy: string; storeDir: string },
): Promise<readonly Finding[]> {
  const looks = references.map((reference) => {
    const name = `module ${reference}`;
    return runCheck({ name, look: async () => [await checkModule(reference, where.storeDir)] });
  });
  const look = () => checkTrust(references, where);
  return [...(await Promise.all(looks)).flat(), ...(await runCheck({ name: "trust policy", look }))];
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

/** What decides besides the digests, and why it holds modules back. */
async function checkTrust(
  references: readonly string[],
  { policy: file, storeDir }: { policy: string; storeDir: string },
): Promise<readonly Finding[]> {
  const check = "trust policy";
  const policy = await findPolicy(file);
  if (policy === undefined) return [ok(check, `${file} isn't there: modules count by their digests alone`)];
  const trust = openTrust({ findPolicy: async () => policy, storeDir });
  const refusals = await Promise.all(
    references.map(async (name) => ({ name, refusal: await trust.findRefusal(name) })),
  );
  const todo = "pin another one, or pull it again if it was signed meanwhile; see geniectl verify";
  const held = refusals.flatMap(({ name, refusal }) =>
    refusal === undefined ? [] : problem(`module ${name}`, { detail: refusal, todo }),
  );
  return [ok(check, `${file} can be used`), ...held];
}

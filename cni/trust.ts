import { access } from "node:fs/promises";
import { unlessMissing } from "../core/missing.ts";
import type { ModuleSource } from "../core/sandbox/port.ts";

/**
 * Holds back every module while a trust policy file is there: signatures can't be verified yet, and a policy says
 * that nothing unsigned is ever loaded. Without a policy, the digest pins count.
 */
export function refuseUnverified(source: ModuleSource, policyFile: string): ModuleSource {
  return {
    async load(reference, kind) {
      const isThere = (await unlessMissing(access(policyFile).then(() => true))) ?? false;
      if (!isThere) return await source.load(reference, kind);
      return { outcome: "error", detail: `${policyFile} asks for signatures, which can't be verified yet` };
    },
  };
}

import { access } from "node:fs/promises";
import { findErrno } from "../core/errors.ts";
import type { ModuleSource } from "../core/sandbox/port.ts";

/**
 * Holds back every module while a trust policy file is there: signatures can't be verified yet, and a policy says
 * that nothing unsigned is ever loaded. Without a policy, the digest pins count.
 */
export function refuseUnverified(source: ModuleSource, policyFile: string): ModuleSource {
  return {
    async load(reference, kind, signal) {
      if (await isAbsent(policyFile)) return await source.load(reference, kind, signal);
      return { outcome: "error", detail: `${policyFile} asks for signatures, which can't be verified yet` };
    },
  };
}

/** A policy that is there and can't be reached counts as there. */
async function isAbsent(file: string): Promise<boolean> {
  return await access(file).then(
    () => false,
    (error: unknown) => findErrno(error) === "ENOENT",
  );
}

import { lstat } from "node:fs/promises";
import { DEFAULT_TRUST_POLICY } from "../../core/config.ts";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { RegistryFailure } from "../errors.ts";
import { readGuarded } from "../file/guarded-file.ts";
import { MAX_KEY_BYTES } from "./key.ts";
import type { TrustPolicy } from "./policy.ts";
import { listKeyFiles, parsePolicyText, planPolicy } from "./policy-text.ts";

const MAX_POLICY_BYTES = 2 ** 20;

/**
 * The policy of this node; undefined when there is none at the usual place. One that can't be used is a failure, and
 * so is one that isn't where somebody says that it is: a slip in its name must not let everything in.
 * @throws {RegistryFailure} invalidPolicy
 */
export async function findPolicy(file: string): Promise<TrustPolicy | undefined> {
  if (file !== DEFAULT_TRUST_POLICY) return await readPolicy(file);
  const isThere = await naming(file, async () => (await unlessMissing(lstat(file))) !== undefined);
  return isThere ? await readPolicy(file) : undefined;
}

/** @throws {RegistryFailure} invalidPolicy, also when it isn't there */
export async function readPolicy(file: string): Promise<TrustPolicy> {
  const text = parsePolicyText(await readText(file, MAX_POLICY_BYTES), file);
  const pemByFile = new Map<string, string>();
  for (const each of listKeyFiles(text)) pemByFile.set(each, await readText(each, MAX_KEY_BYTES));
  return planPolicy(text, { file, pemByFile });
}

async function readText(file: string, maxBytes: number): Promise<string> {
  const bytes = await naming(file, () => readGuarded(file, maxBytes));
  if (typeof bytes !== "string") return bytes.toString("utf8");
  throw new RegistryFailure("invalidPolicy", `${file} ${bytes}`);
}

async function naming<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new RegistryFailure("invalidPolicy", `${file} can't be read (${code})`, { cause });
  }
}

import { findErrno } from "../../core/errors.ts";
import { RegistryFailure } from "../errors.ts";

/** A system error becomes a failure that names the store; anything else passes. */
export async function namingStore<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new RegistryFailure("storeFailed", `the module store ${folder} can't be used (${code})`, { cause });
  }
}

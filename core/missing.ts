import { findErrno } from "./errors.ts";

/** What `reading` gives; undefined where the file system says that there is no such thing. */
export function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return unlessCode(reading, ["ENOENT"]);
}

/** What `reading` gives; undefined for one of these codes of system errors. */
export async function unlessCode<T>(reading: Promise<T>, codes: readonly string[]): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codes.includes(findErrno(error) ?? "")) return undefined;
    throw error;
  }
}

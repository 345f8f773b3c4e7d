import { findErrno } from "./errors.ts";

/** What `reading` gives; undefined where the file system says that there is no such thing. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (findErrno(error) === "ENOENT") return undefined;
    throw error;
  }
}

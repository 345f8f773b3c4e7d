import { Failure, findErrno } from "./errors.ts";

/**
 * What `act` gives. A system error becomes a failure that says what could not be done, such as
 * `the conf folder /a can't be read`: the caller can't see that from ENOSPC alone.
 *
 * @throws {Failure} ioFailure, ending with the error's code.
 */
export async function orIoFailure<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = findErrno(error);
    if (code === undefined) throw error;
    throw new Failure("ioFailure", `${what}: ${code}`, { cause: error });
  }
}

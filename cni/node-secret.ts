import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Failure, findErrno } from "../core/errors.ts";
import { unlessMissing } from "../core/missing.ts";
import { writeDurably } from "./private-folder.ts";

const SECRET_BYTES = 32;

/**
 * A number that is stable for one pod on this node and that its owner can neither choose nor foresee: an HMAC of
 * the pod's key under a secret of the node, made on first use.
 *
 * @throws {Failure} ioFailure when the secret can be neither read nor made.
 */
export async function deriveSeed(stateDir: string, podKey: string): Promise<bigint> {
  const file = path.join(stateDir, "seed.secret");
  try {
    const secret = (await unlessMissing(readFile(file))) ?? (await makeSecret(file));
    return createHmac("sha256", secret).update(podKey).digest().readBigUInt64LE(0);
  } catch (error) {
    const code = findErrno(error);
    if (code === undefined) throw error;
    throw new Failure("ioFailure", `the node's secret ${file} can't be used: ${code}`, { cause: error });
  }
}

/** Two calls may make one at the same time: the file that is there in the end holds. */
async function makeSecret(file: string): Promise<Uint8Array> {
  await writeDurably(file, randomBytes(SECRET_BYTES));
  return await readFile(file);
}

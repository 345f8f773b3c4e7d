import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { link, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { Failure, findErrno } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessMissing } from "../core/missing.ts";
import { syncFolder } from "../registry/file/atomic-file.ts";
import { writeDurably } from "./private-folder.ts";

const SECRET_BYTES = 32;

/**
 * A number that is stable for one pod on this node and that its owner can neither choose nor foresee: an HMAC of
 * the pod's key under a secret of the node, made on first use.
 *
 * @throws {Failure} ioFailure when the secret can be neither read nor made, or is damaged.
 */
export async function deriveSeed(stateDir: string, podKey: string): Promise<bigint> {
  const file = path.join(stateDir, "seed.secret");
  const secret = await orIoFailure(`the node's secret ${file} can't be used`, async () => {
    return (await unlessMissing(readFile(file))) ?? (await makeSecret(file));
  });
  if (secret.length !== SECRET_BYTES) {
    throw new Failure(
      "ioFailure",
      `the node's secret ${file} is damaged; once it is removed, a new one is made`,
    );
  }
  return createHmac("sha256", secret).update(podKey).digest().readBigUInt64LE(0);
}

/** Of two calls that make one at the same time the first wins: a seed that was given never changes. */
async function makeSecret(file: string): Promise<Uint8Array> {
  const mine = `${file}.${randomUUID()}`;
  await writeDurably(mine, randomBytes(SECRET_BYTES));
  try {
    await link(mine, file);
  } catch (error) {
    if (findErrno(error) !== "EEXIST") throw error;
  } finally {
    await rm(mine, { force: true });
  }
  await syncFolder(path.dirname(file));
  return await readFile(file);
}

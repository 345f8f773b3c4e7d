import { Failure } from "../../core/errors.ts";
import {
  isEncrypted,
  MAX_KEY_BYTES,
  parsePrivateKey,
  parsePublicKey,
  type PrivateKey,
  type PublicKey,
} from "../../registry/trust/key.ts";
import { readInput } from "./input-file.ts";
import { findPassphrase, PASSPHRASE_VARIABLE, type PassphraseOptions } from "./passphrase.ts";
import type { Shell } from "./shell.ts";

/** @throws {Failure} {RegistryFailure} invalidKey */
export async function readPrivateKey(
  file: string,
  options: PassphraseOptions,
  shell: Shell,
): Promise<PrivateKey> {
  const pem = (await readInput(file, MAX_KEY_BYTES)).toString("utf8");
  if (!isEncrypted(pem)) return parsePrivateKey(pem, { where: file });
  const passphrase = await findPassphrase(options, `passphrase of ${file}`, shell);
  if (passphrase !== undefined) return parsePrivateKey(pem, { where: file, passphrase });
  throw new Failure("invalidConfig", `${file} needs a passphrase`, {
    details: `say where it is with --passphrase-file, or set ${PASSPHRASE_VARIABLE}`,
  });
}

/** @throws {Failure} {RegistryFailure} invalidKey */
export async function readPublicKey(file: string): Promise<PublicKey> {
  return parsePublicKey((await readInput(file, MAX_KEY_BYTES)).toString("utf8"), file);
}

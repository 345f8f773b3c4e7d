import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { makeKeyPair, parsePublicKey } from "../../registry/trust/key.ts";
import { writeNew } from "./new-file.ts";
import {
  addPassphraseOption,
  findPassphrase,
  PASSPHRASE_VARIABLE,
  type PassphraseOptions,
} from "./passphrase.ts";
import type { Shell } from "./shell.ts";

interface KeygenOptions extends PassphraseOptions {
  readonly json?: true;
}

const DEFAULT_PREFIX = "genie";

/** `geniectl keygen [PREFIX]` */
export function keygenCommand(shell: Shell): Command {
  const command = new Command("keygen").description("make a key to sign modules with");
  return addPassphraseOption(command)
    .argument("[prefix]", "of the files: PREFIX.key, for the owner alone, and PREFIX.pub", DEFAULT_PREFIX)
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nThe key is one of ECDSA P-256; it is encrypted if there is a passphrase.")
    .action(async (prefix: string, options: KeygenOptions) => {
      const passphrase = await findNewPassphrase(options, shell);
      const { privatePem, publicPem } = makeKeyPair(passphrase);
      const [key, publicKey] = [`${prefix}.key`, `${prefix}.pub`];
      await writeNew([
        { file: key, bytes: Buffer.from(privatePem), mode: 0o600 },
        { file: publicKey, bytes: Buffer.from(publicPem), mode: 0o644 },
      ]);
      const { id: keyId } = parsePublicKey(publicPem, publicKey);
      const encrypted = passphrase !== undefined;
      if (options.json === true) return shell.printJson({ key, publicKey, keyId, encrypted });
      if (!encrypted) shell.warn(`${key} has no passphrase: whoever reads it can sign`);
      shell.print(`its fingerprint, for geniectl search --signed-by: ${keyId}`);
      shell.print(`${key} signs, and stays with you; ${publicKey} is for the trust policies of others`);
    });
}

/** Undefined for a key that isn't encrypted. */
async function findNewPassphrase(options: KeygenOptions, shell: Shell): Promise<string | undefined> {
  const first = await findPassphrase(options, "passphrase for the new key (empty: none)", shell);
  if (first === undefined || first === "") return undefined;
  const isTyped = options.passphraseFile === undefined && process.env[PASSPHRASE_VARIABLE] === undefined;
  if (!isTyped || (await findPassphrase(options, "once more", shell)) === first) return first;
  throw new Failure("invalidConfig", "the passphrases differ", { details: "try again" });
}

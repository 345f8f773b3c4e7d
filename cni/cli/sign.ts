import { Command, InvalidArgumentError } from "commander";
import { parseReference } from "../../registry/reference.ts";
import { signArtifact } from "../../registry/trust/sign.ts";
import { readPrivateKey } from "./key-file.ts";
import { addPassphraseOption, type PassphraseOptions } from "./passphrase.ts";
import type { Shell } from "./shell.ts";

interface SignOptions extends PassphraseOptions {
  readonly key: string;
  readonly annotation: Readonly<Record<string, string>>;
  readonly json?: true;
}

const HELP = `
Written are both of cosign's formats: the tag sha256-….sig, and a sigstore bundle that refers to the module. Both
name its repository. What this key has signed just so before isn't signed again.`;

/** `geniectl sign REF --key FILE` */
export function signCommand(shell: Shell): Command {
  const command = new Command("sign").description("sign a module in its registry");
  return addPassphraseOption(command)
    .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…")
    .requiredOption("--key <file>", "the private key, as geniectl keygen makes it")
    .option(
      "--annotation <key=value>",
      "what the signature is to say besides; may be repeated",
      addAnnotation,
      {},
    )
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (reference: string, options: SignOptions) => {
      const target = parseReference(reference);
      const key = await readPrivateKey(options.key, options, shell);
      shell.progress(`signing ${reference} …`);
      const signing = { key, annotations: options.annotation, created: new Date() };
      const { digest, added } = await signArtifact(target, signing, await shell.clientOptions());
      if (options.json === true) return shell.printJson({ reference, digest, keyId: key.public.id, added });
      shell.print(added.length === 0 ? `${reference} had this signature already` : `${reference} is signed`);
      shell.print(digest);
    });
}

const MAX_ANNOTATIONS_LENGTH = 4096;

function addAnnotation(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value = ""] = /^([A-Za-z0-9][A-Za-z0-9._/-]*)=([^]*)$/.exec(text) ?? [];
  if (key === undefined) throw new InvalidArgumentError("It must be KEY=VALUE.");
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError(`${key} is given twice.`);
  const all = { ...before, [key]: value };
  if (JSON.stringify(all).length > MAX_ANNOTATIONS_LENGTH)
    throw new InvalidArgumentError(`All of them may have ${MAX_ANNOTATIONS_LENGTH} characters.`);
  return all;
}

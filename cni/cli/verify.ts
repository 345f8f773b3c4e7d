import { Command, Option } from "commander";
import { DEFAULT_TRUST_POLICY } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { type Digest, sha256 } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import type { ArtifactReader } from "../../registry/reader.ts";
import { formatReference, parseReference, type Reference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { listSignatures } from "../../registry/trust/collect.ts";
import { judge, type Judgement, type JudgedSignature } from "../../registry/trust/judge.ts";
import { trustKeys, type TrustPolicy } from "../../registry/trust/policy.ts";
import { readConfigFile } from "./config-file.ts";
import { readPublicKey } from "./key-file.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";
import { openPolicy } from "./policy-option.ts";

interface VerifyOptions {
  readonly key?: readonly string[];
  readonly policy?: string;
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
}

/** `geniectl verify REF` */
export function verifyCommand(shell: Shell): Command {
  return new Command("verify")
    .description("show the signatures of a module, and whether they are enough")
    .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…")
    .addOption(makeKeyOption())
    .option("--policy <file>", `a trust policy (default: the configuration's, or ${DEFAULT_TRUST_POLICY})`)
    .option("--config <file>", "take the trust policy of this .conf or .conflist")
    .option("--store <dir>", "look into this module store, as a node does, instead of the registry")
    .option("--json", "print one JSON document")
    .action(async (name: string, options: VerifyOptions) => {
      const reference = parseReference(name);
      const policy = await requirePolicy(options);
      shell.progress(`looking for the signatures of ${name} …`);
      const { digest, judgement } = await verify(reference, { policy, store: options.store }, shell);
      const { refusal, signatures } = judgement;
      if (options.json === true)
        shell.printJson({
          reference: name,
          admitted: refusal === undefined,
          refusal: refusal ?? null,
          signatures: signatures.map(toDocument),
          digest,
        });
      else if (signatures.length > 0) printTable([HEADING, ...signatures.map(toRow)], shell);
      if (refusal !== undefined) throw new RegistryFailure("untrusted", `${name} is not trusted: ${refusal}`);
      if (options.json !== true) shell.print(digest);
    });
}

function makeKeyOption(): Option {
  const told = "a public key that must have signed it; with several, one of them";
  const add = (file: string, before: readonly string[] = []) => [...before, file];
  return new Option("--key <file>", told).argParser(add).conflicts("policy");
}

/** @throws {Failure} {RegistryFailure} when nothing says what to hold the signatures against */
async function requirePolicy({ key: files, ...options }: VerifyOptions): Promise<TrustPolicy> {
  if (files !== undefined)
    return trustKeys(
      await Promise.all(files.map(async (name) => ({ name, key: await readPublicKey(name) }))),
    );
  const config = options.config === undefined ? undefined : await readConfigFile(options.config);
  const policy = await openPolicy(options, config);
  if (policy !== undefined) return policy;
  throw new Failure("invalidConfig", `there is no trust policy at ${DEFAULT_TRUST_POLICY}`, {
    details: "name one with --policy, or a public key with --key",
  });
}

async function verify(
  reference: Reference,
  { policy, store }: { policy: TrustPolicy; store: string | undefined },
  shell: Shell,
): Promise<{ digest: Digest; judgement: Judgement }> {
  using client = store === undefined ? new RegistryClient(reference, await shell.clientOptions()) : undefined;
  const reader = client ?? openStore(store ?? "").reader(reference);
  const digest = await requireDigest(reader, reference);
  const signatures = await listSignatures(reader, digest);
  return { digest, judgement: judge(policy, { reference, digest, signatures }) };
}

/** @throws {RegistryFailure} notFound, digestMismatch */
async function requireDigest(reader: ArtifactReader, reference: Reference): Promise<Digest> {
  const { tag, digest } = reference;
  const name = tag ?? digest ?? "";
  const manifest = await reader.findManifest(name);
  if (manifest === undefined)
    throw new RegistryFailure("notFound", `${formatReference(reference)} isn't there`);
  const found = sha256(manifest);
  if (digest === undefined || digest === found) return found;
  throw new RegistryFailure("digestMismatch", `the tag of ${formatReference(reference)} leads to ${found}`);
}

function toDocument({ format, key, keyId, claim, fault }: JudgedSignature) {
  return {
    format,
    holds: fault === undefined,
    fault: fault ?? null,
    key: key ?? null,
    keyId: keyId ?? null,
    repository: claim?.repository ?? null,
    annotations: claim?.annotations ?? {},
  };
}

const HEADING = ["FORMAT", "KEY", "REPOSITORY", "ANNOTATIONS", "STATE"];

function toRow({ format, key = "-", claim, fault }: JudgedSignature): string[] {
  const said = Object.entries(claim?.annotations ?? {}).map(([name, text]) => `${name}=${text}`);
  const state = fault === undefined ? "holds" : `doesn't count: ${fault}`;
  return [format, key, claim?.repository ?? "-", said.join(" ") || "-", state];
}

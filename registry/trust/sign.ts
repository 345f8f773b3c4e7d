import { isDeepStrictEqual } from "node:util";
import { type ClientOptions, RegistryClient } from "../client/client.ts";
import { toDescriptor } from "../artifact/descriptor.ts";
import { type Digest, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parseAnyManifest } from "../artifact/manifest.ts";
import { planReferrer } from "../artifact/referrer.ts";
import { formatReference, type Reference } from "../reference.ts";
import { pushReferrer } from "../transfer.ts";
import { BUNDLE, SIGN_PREDICATE } from "./bundle.ts";
import { collectSignatures } from "./collect.ts";
import { judge } from "./judge.ts";
import type { PrivateKey } from "./key.ts";
import { trustKeys } from "./policy.ts";
import { signBundle, signSimply } from "./sign-plan.ts";
import type { Claim, SignatureFormat } from "./signature.ts";
import { addLayer } from "./signature-manifest.ts";
import { toSignatureTag } from "./simple-signing.ts";

export interface Signing {
  readonly key: PrivateKey;
  /** What the signature says besides. */
  readonly annotations: Readonly<Record<string, string>>;
  /** When the bundle was made, as far as anybody is told. */
  readonly created: Date;
}

export interface Signed {
  readonly digest: Digest;
  /** The formats that were lacking; none when it had been signed just so before. */
  readonly added: readonly SignatureFormat[];
}

/**
 * Signs an artifact in a registry in both of cosign's formats, unless this key has said the same of it already. With
 * tag and digest, the tag must lead to the digest.
 */
export async function signArtifact(
  reference: Reference,
  signing: Signing,
  options: ClientOptions,
): Promise<Signed> {
  using client = new RegistryClient(reference, options);
  const manifest = await client.getManifest(reference.tag ?? reference.digest ?? "");
  const digest = sha256(manifest);
  if (reference.digest !== undefined && reference.digest !== digest)
    throw new RegistryFailure("digestMismatch", `${formatReference(reference)}: the tag leads to ${digest}`);
  const { annotations } = signing;
  const claim = { digest, repository: `${reference.host}/${reference.repository}`, annotations };
  const held = await listHeld(client, { reference, claim, signing });
  const lacking = (["sig", "bundle"] as const).filter((format) => !held.includes(format));
  const put = { sig: putSimply, bundle: putBundle };
  await Promise.all(lacking.map((format) => put[format](client, { manifest, claim, signing })));
  return { digest, added: lacking };
}

/** The formats in which this key has said the same before. */
async function listHeld(
  client: RegistryClient,
  { reference, claim, signing }: { reference: Reference; claim: Claim; signing: Signing },
): Promise<readonly SignatureFormat[]> {
  const { digest } = claim;
  const { signatures } = await collectSignatures(client, digest);
  const own = trustKeys([{ name: "this key", key: signing.key.public }]);
  return judge(own, { reference, digest, signatures }).signatures.flatMap((each) =>
    each.fault === undefined && isDeepStrictEqual(each.claim, claim) ? each.format : [],
  );
}

interface Work {
  readonly manifest: Uint8Array;
  readonly claim: Claim;
  readonly signing: Signing;
}

async function putSimply(client: RegistryClient, { claim, signing }: Work): Promise<void> {
  const layer = signSimply(claim, signing.key);
  const tag = toSignatureTag(claim.digest);
  await client.putBlob(layer.payload);
  await client.updateTag(tag, async (present) => {
    const next = addLayer(present, layer, tag);
    if (next !== undefined) await client.putBlob(next.config);
    return next?.manifest;
  });
}

async function putBundle(client: RegistryClient, { manifest, claim, signing }: Work): Promise<void> {
  const bytes = signBundle(claim, signing.key);
  const { mediaType } = parseAnyManifest(manifest, claim.digest);
  const layer = {
    mediaType: BUNDLE,
    bytes,
    annotations: { "org.opencontainers.image.title": `${sha256(bytes).replace(":", "-")}.sigstore.json` },
  };
  const referrer = planReferrer({
    subject: toDescriptor(mediaType, manifest),
    artifactType: BUNDLE,
    layer,
    annotations: {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": SIGN_PREDICATE,
    },
    created: signing.created,
  });
  await pushReferrer(client, referrer);
}

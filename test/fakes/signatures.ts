import { type Digest, sha256 } from "../../registry/digest.ts";
import { readBundle } from "../../registry/trust/bundle.ts";
import { makeKeyPair, parsePrivateKey, type PrivateKey } from "../../registry/trust/key.ts";
import { signBundle, signSimply } from "../../registry/trust/sign-plan.ts";
import type { BadSignature, Claim, Signature, SignatureFormat } from "../../registry/trust/signature.ts";
import { readSimpleSigning } from "../../registry/trust/simple-signing.ts";

export const DIGEST: Digest = sha256(Buffer.from("a module"));
export const OTHER_DIGEST: Digest = sha256(Buffer.from("another module"));
const REPOSITORY = "r.example/genie/occupancy";
export const FORMATS: readonly SignatureFormat[] = ["sig", "bundle"];

export function makeKey(): PrivateKey {
  return parsePrivateKey(makeKeyPair().privatePem, { where: "a key" });
}

export function makeClaim(fields: Partial<Claim> = {}): Claim {
  return { digest: DIGEST, repository: REPOSITORY, annotations: {}, ...fields };
}

/** A claim signed and read back, as if out of a registry. */
export function makeSignature(
  format: SignatureFormat,
  key: PrivateKey,
  fields: Partial<Claim> = {},
): Signature {
  const claim = makeClaim(fields);
  if (format === "bundle") return requireSignature(readBundle(signBundle(claim, key)));
  const { payload, annotations } = signSimply(claim, key);
  return requireSignature(readSimpleSigning(payload, annotations));
}

export function requireSignature(found: Signature | BadSignature): Signature {
  if ("fault" in found) throw new Error(found.fault);
  return found;
}

import { planBundle, planStatement, toSignedBytes } from "./bundle.ts";
import { type PrivateKey, signBytes } from "./key.ts";
import type { Claim } from "./signature.ts";
import { planSimpleSigning, SIGNATURE_ANNOTATION } from "./simple-signing.ts";

/** One layer under a module's tag for signatures. */
export interface SignatureLayer {
  readonly payload: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

export function signSimply(claim: Claim, key: PrivateKey): SignatureLayer {
  const payload = planSimpleSigning(claim);
  const signature = signBytes(key, payload).toString("base64");
  return { payload, annotations: { [SIGNATURE_ANNOTATION]: signature } };
}

/** A bundle's bytes. */
export function signBundle(claim: Claim, key: PrivateKey): Buffer {
  const payload = planStatement(claim);
  return planBundle(payload, signBytes(key, toSignedBytes(payload)), key.public.id);
}

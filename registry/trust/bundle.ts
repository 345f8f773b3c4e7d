import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { hexOf, isDigest } from "../digest.ts";
import {
  type BadSignature,
  type Claim,
  findBase64,
  listTexts,
  type Signature,
  toRepository,
} from "./signature.ts";

/**
 * Cosign's second format: a sigstore bundle that holds a DSSE envelope around an in-toto statement.
 * Source: sigstore/protobuf-specs, sigstore_bundle.proto; secure-systems-lab/dsse; in-toto/attestation, spec/v1.
 */
export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** What says that a statement is a signature and nothing else, such as where something was built. */
export const SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
const STATEMENT = "https://in-toto.io/Statement/v1";
const IN_TOTO = "application/vnd.in-toto+json";

export function planStatement({ digest, repository, annotations }: Claim): Buffer {
  const subject = {
    ...(repository !== undefined && { name: repository }),
    digest: { sha256: hexOf(digest) },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  const statement = { _type: STATEMENT, subject: [subject], predicateType: SIGN_PREDICATE, predicate: {} };
  return Buffer.from(JSON.stringify(statement));
}

/** What of a statement is signed. Source: DSSE, "PAE". */
export function toSignedBytes(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${payload.byteLength} `), payload]);
}

/** @param hint the id of the key: who verifies may look for it. */
export function planBundle(payload: Uint8Array, signature: Uint8Array, hint: string): Buffer {
  const envelope = {
    payload: Buffer.from(payload).toString("base64"),
    payloadType: IN_TOTO,
    signatures: [{ sig: Buffer.from(signature).toString("base64") }],
  };
  const bundle = {
    mediaType: BUNDLE,
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope: envelope,
  };
  return Buffer.from(JSON.stringify(bundle));
}

/** A bundle as a signature, or why it can't be one of a key. */
export function readBundle(bytes: Uint8Array): Signature | BadSignature {
  const fail = (fault: string): BadSignature => ({ format: "bundle", fault });
  const bundle = findJsonObject(new TextDecoder().decode(bytes));
  if (bundle?.["mediaType"] !== BUNDLE) return fail("it is no sigstore bundle v0.3");
  const { verificationMaterial: material, dsseEnvelope: envelope } = bundle;
  if (!isJsonObject(material) || !isJsonObject(material["publicKey"]))
    return fail("it is signed with a certificate, and only keys are trusted");
  if (!isJsonObject(envelope) || envelope["payloadType"] !== IN_TOTO)
    return fail("it has no in-toto envelope");
  const payload = findBase64(envelope["payload"]);
  const signature = findBase64(findOnly(envelope["signatures"])?.["sig"]);
  if (payload === undefined || signature === undefined)
    return fail("its envelope hasn't one signature in base64");
  return { format: "bundle", bytes: toSignedBytes(payload), payload, signature };
}

/** What a statement says, or why it says nothing of a module. */
export function readStatement(payload: Uint8Array): Claim | string {
  const { _type, subject, predicateType } = findJsonObject(new TextDecoder().decode(payload)) ?? {};
  if (_type !== STATEMENT) return "it is no in-toto statement v1";
  if (predicateType !== SIGN_PREDICATE) return "it states something else than a signature";
  const only = findOnly(subject);
  const hashes = only?.["digest"];
  const hex = isJsonObject(hashes) ? hashes["sha256"] : undefined;
  const digest: unknown = typeof hex === "string" ? `sha256:${hex}` : undefined;
  if (only === undefined || !isDigest(digest)) return "it hasn't one subject with a sha256 digest";
  const { name, annotations } = only;
  return {
    digest,
    repository: toRepository(name),
    annotations: isJsonObject(annotations) ? listTexts(annotations) : {},
  };
}

/** The one object in a list of one. */
function findOnly(list: unknown): JsonObject | undefined {
  const [only, ...more]: unknown[] = Array.isArray(list) ? list : [];
  return more.length === 0 && isJsonObject(only) ? only : undefined;
}

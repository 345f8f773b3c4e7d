import { findJsonObject, isJsonObject } from "../../core/spec/json.ts";
import { toDigestTag } from "../artifact/digest-tag.ts";
import { type Digest, isDigest } from "../digest.ts";
import {
  type BadSignature,
  type Claim,
  findBase64,
  listTexts,
  type Signature,
  toRepository,
} from "./signature.ts";

/**
 * Cosign's first format: simple signing, in layers of the manifest at a tag of its own.
 * Source: sigstore/cosign, specs/SIGNATURE_SPEC.md.
 */
export const SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
export const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";
const TYPE = "cosign container image signature";

/** The tag under which the signatures of a module lie. */
export function toSignatureTag(digest: Digest): string {
  return toDigestTag(digest, ".sig");
}

export function planSimpleSigning({ digest, repository, annotations }: Claim): Buffer {
  const critical = {
    identity: { "docker-reference": repository ?? "" },
    image: { "docker-manifest-digest": digest },
    type: TYPE,
  };
  const optional = Object.keys(annotations).length === 0 ? null : annotations;
  return Buffer.from(JSON.stringify({ critical, optional }));
}

/** A layer with its annotations, as a signature. */
export function readSimpleSigning(payload: Uint8Array, annotations: unknown): Signature | BadSignature {
  const text = isJsonObject(annotations) ? annotations[SIGNATURE_ANNOTATION] : undefined;
  const signature = findBase64(text);
  if (signature === undefined) return { format: "sig", fault: "its layer has no signature in base64" };
  return { format: "sig", bytes: payload, payload, signature };
}

/** What a payload says, or why it says nothing of a module. */
export function readSimpleClaim(payload: Uint8Array): Claim | string {
  const { critical, optional } = findJsonObject(new TextDecoder().decode(payload)) ?? {};
  if (!isJsonObject(critical) || critical["type"] !== TYPE) return "it is no signature of an artifact";
  const { image, identity } = critical;
  const digest = isJsonObject(image) ? image["docker-manifest-digest"] : undefined;
  if (!isDigest(digest)) return "it names no digest";
  const name = isJsonObject(identity) ? identity["docker-reference"] : undefined;
  return {
    digest,
    repository: toRepository(name),
    annotations: isJsonObject(optional) ? listTexts(optional) : {},
  };
}

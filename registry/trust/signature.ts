import type { Digest } from "../digest.ts";

/** As cosign writes them: a layer under the tag `sha256-….sig`, or a bundle that refers to the module. */
export type SignatureFormat = "sig" | "bundle";

/** A signature as it was found: nothing of it is true until a key says so. */
export interface Signature {
  readonly format: SignatureFormat;
  /** What was signed, byte for byte. */
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  /** Says for what it is; part of `bytes`. */
  readonly payload: Uint8Array;
}

/** What can't be a signature of a key, and why. */
export interface BadSignature {
  readonly format: SignatureFormat;
  readonly fault: string;
}

/** What a signature says; to be read only of one that a key has made. */
export interface Claim {
  readonly digest: Digest;
  /** `host/repository`; undefined where the signature names none, as bundles of cosign. */
  readonly repository: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Strict, where node's own decoder passes over what it doesn't know. */
export function findBase64(value: unknown): Buffer | undefined {
  if (typeof value !== "string" || value === "" || !BASE64.test(value)) return undefined;
  return Buffer.from(value, "base64");
}

/** Only texts: who asks for an annotation asks for a text. */
export function listTexts(value: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === "string"));
}

/** `host/repository` of the reference that a signature names; cosign writes no tag, podman does. */
export function toRepository(name: unknown): string | undefined {
  if (typeof name !== "string" || name === "") return undefined;
  return name.replace(/@[^/]*$/, "").replace(/(?<=\/[^/]*):[^/:]*$/, "");
}

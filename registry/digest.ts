import { createHash } from "node:crypto";
import { RegistryFailure } from "./errors.ts";

/** The only algorithm that is accepted: `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

const SHAPE = /^sha256:[a-f0-9]{64}$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === "string" && SHAPE.test(value);
}

export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The digest without its algorithm: how files are named by it. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** @throws {RegistryFailure} digestMismatch, saying where the wrong bytes came from. */
export function checkDigest(bytes: Uint8Array, wanted: Digest, where: string): void {
  const got = sha256(bytes);
  if (got !== wanted) {
    throw new RegistryFailure("digestMismatch", `${where} gave bytes with digest ${got} for ${wanted}`);
  }
}

/**
 * Source: OCI image-spec, "Content Descriptors": content of another size should not be trusted.
 * @throws {RegistryFailure} sizeMismatch
 */
export function checkSize(bytes: Uint8Array, wanted: { digest: Digest; size: number }, where: string): void {
  if (bytes.byteLength === wanted.size) return;
  const { digest, size } = wanted;
  const said = `${where} gave ${bytes.byteLength} bytes for ${digest}, which was named with ${size}`;
  throw new RegistryFailure("sizeMismatch", said);
}

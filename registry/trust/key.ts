import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { RegistryFailure } from "../errors.ts";

/** A key with which signatures are checked. */
export interface PublicKey {
  /** Base64 of the SHA-256 of its DER: what bundles give as a hint. */
  readonly id: string;
  readonly pem: string;
  readonly key: KeyObject;
  readonly algorithm: Algorithm;
}

/** A key with which modules are signed. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly public: PublicKey;
}

interface Algorithm {
  readonly name: string;
  readonly type: string;
  readonly curve?: string;
  /** The first one signs. Undefined where the algorithm brings its own. */
  readonly hashes: readonly (string | undefined)[];
  /** Of one check with all hashes, beside one of P-256, which takes 0.1 ms. */
  readonly cost: number;
}

/** P-384: sigstore's registry of algorithms has SHA-384 for it; cosign takes SHA-256 whatever the key. */
const ALGORITHMS: readonly Algorithm[] = [
  { name: "ECDSA P-256", type: "ec", curve: "prime256v1", hashes: ["sha256"], cost: 1 },
  { name: "ECDSA P-384", type: "ec", curve: "secp384r1", hashes: ["sha384", "sha256"], cost: 8 },
  { name: "Ed25519", type: "ed25519", hashes: [undefined], cost: 2 },
];

const PUBLIC_PEM = /^\s*-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;
const PRIVATE_PEM = /-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/;
const COSIGN_PEM = /-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----/;
const ENCRYPTED_PEM = /-----BEGIN ENCRYPTED PRIVATE KEY-----/;

const WRONG_PASSPHRASE = { why: "can't be decrypted with this passphrase", todo: "try another one" };

/** Of a key as text. */
export const MAX_KEY_BYTES = 16 * 2 ** 10;

/** @param where names it in the error. @throws {RegistryFailure} invalidKey */
export function parsePublicKey(pem: string, where: string): PublicKey {
  if (!PUBLIC_PEM.test(pem)) throw invalidKey(where, "is no public key in PEM");
  return toPublicKey(
    orInvalid(() => createPublicKey(pem), where, { why: "can't be read as a public key" }),
    where,
  );
}

/** Whether a passphrase is needed to read it. */
export function isEncrypted(pem: string): boolean {
  return ENCRYPTED_PEM.test(pem);
}

/** @throws {RegistryFailure} invalidKey, also for a wrong passphrase; says nothing of what is in it */
export function parsePrivateKey(
  pem: string,
  { where, passphrase }: { where: string; passphrase?: string | undefined },
): PrivateKey {
  if (COSIGN_PEM.test(pem)) {
    throw new RegistryFailure("invalidKey", `${where} is a key in cosign's own encryption`, {
      todo: "sign with cosign sign --key, whose signatures geniectl verifies, or make a key with geniectl keygen",
    });
  }
  if (!PRIVATE_PEM.test(pem)) throw invalidKey(where, "is no private key in PEM (PKCS#8)");
  const options = { key: pem, format: "pem", ...(passphrase !== undefined && { passphrase }) } as const;
  const fault = isEncrypted(pem) ? WRONG_PASSPHRASE : { why: "can't be read as a private key" };
  const key = orInvalid(() => createPrivateKey(options), where, fault);
  return { key, public: toPublicKey(createPublicKey(key), where) };
}

/** A new key: its PEM texts, the private one in PKCS#8, encrypted if there is a passphrase. */
export function makeKeyPair(passphrase?: string): { privatePem: string; publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const cipher = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return {
    privatePem: privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** False also for bytes that are no signature at all. */
export function isSignedBy(
  { key, algorithm }: PublicKey,
  signed: { readonly bytes: Uint8Array; readonly signature: Uint8Array },
): boolean {
  return algorithm.hashes.some((hash) =>
    verify(hash, signed.bytes, { key, dsaEncoding: "der" }, signed.signature),
  );
}

export function signBytes({ key, public: { algorithm } }: PrivateKey, bytes: Uint8Array): Buffer {
  return sign(algorithm.hashes[0], bytes, { key, dsaEncoding: "der" });
}

function toPublicKey(key: KeyObject, where: string): PublicKey {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const algorithm = ALGORITHMS.find((each) => each.type === key.asymmetricKeyType && each.curve === curve);
  if (algorithm === undefined) {
    throw invalidKey(where, `has the algorithm ${curve ?? key.asymmetricKeyType}, which isn't accepted`);
  }
  const der = key.export({ type: "spki", format: "der" });
  const id = createHash("sha256").update(der).digest("base64");
  return { id, key, algorithm, pem: key.export({ type: "spki", format: "pem" }).toString() };
}

/** Whatever openssl throws here is about the key: its errors have no common code. */
function orInvalid(
  read: () => KeyObject,
  where: string,
  { why, todo }: { why: string; todo?: string },
): KeyObject {
  try {
    return read();
  } catch (cause) {
    const more = todo === undefined ? { cause } : { cause, todo };
    throw new RegistryFailure("invalidKey", `${where} ${why}`, more);
  }
}

function invalidKey(where: string, why: string): RegistryFailure {
  return new RegistryFailure("invalidKey", `${where} ${why}`);
}

import { generateKeyPairSync } from "node:crypto";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ensureTools } from "../../test/setup/tools.ts";
import { RegistryFailure } from "../errors.ts";
import { isEncrypted, isSignedBy, makeKeyPair, parsePrivateKey, parsePublicKey, signBytes } from "./key.ts";

const { openssl } = await ensureTools();
const BYTES = Buffer.from("what is signed");

const pem = (key: { export(options: object): string | Buffer }, type: "spki" | "pkcs8") =>
  key.export({ type, format: "pem" }).toString();

const pairs = {
  "P-256": generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  "P-384": generateKeyPairSync("ec", { namedCurve: "secp384r1" }),
  Ed25519: generateKeyPairSync("ed25519"),
};

test.each(Object.entries(pairs))("a key of %s signs, and only its own public key says so", (_, pair) => {
  const key = parsePrivateKey(pem(pair.privateKey, "pkcs8"), { where: "k" });
  const signed = { bytes: BYTES, signature: signBytes(key, BYTES) };
  expect(isSignedBy(parsePublicKey(pem(pair.publicKey, "spki"), "k"), signed)).toBe(true);
  expect(isSignedBy(key.public, { ...signed, bytes: Buffer.from("What is signed") })).toBe(false);
  for (const other of Object.values(pairs).filter((each) => each !== pair))
    expect(isSignedBy(parsePublicKey(pem(other.publicKey, "spki"), "k"), signed)).toBe(false);
});

test.each([
  { name: "P-256", hash: "-sha256" },
  { name: "P-384", hash: "-sha384" },
  { name: "P-384", hash: "-sha256" },
] as const)("openssl and we verify each other's: $name $hash", async ({ name, hash }) => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-key-"));
  const file = (one: string) => path.join(folder.path, one);
  const pair = pairs[name];
  await writeFile(file("key"), pem(pair.privateKey, "pkcs8"));
  await writeFile(file("pub"), pem(pair.publicKey, "spki"));
  await writeFile(file("bytes"), BYTES);
  const key = parsePrivateKey(pem(pair.privateKey, "pkcs8"), { where: "k" });
  const { stdout } = await execa(openssl, ["dgst", hash, "-sign", file("key"), file("bytes")], {
    encoding: "buffer",
  });
  expect(isSignedBy(key.public, { bytes: BYTES, signature: stdout })).toBe(true);
  if (name === "P-384" && hash === "-sha256") return; // we sign with the hash of the curve
  await writeFile(file("sig"), signBytes(key, BYTES));
  const words = ["dgst", hash, "-verify", file("pub"), "-signature", file("sig"), file("bytes")];
  expect((await execa(openssl, words)).stdout).toBe("Verified OK");
});

test("a new key is one of P-256 that openssl reads, with and without a passphrase", async () => {
  for (const passphrase of [undefined, "correct horse"]) {
    const { privatePem, publicPem } = makeKeyPair(passphrase);
    const words = ["pkey", "-pubout", "-passin", `pass:${passphrase ?? ""}`];
    expect((await execa(openssl, words, { input: privatePem })).stdout).toBe(publicPem.trim());
    expect(isEncrypted(privatePem)).toBe(passphrase !== undefined);
    const { public: own } = parsePrivateKey(privatePem, { where: "k", passphrase });
    expect(own).toMatchObject({ pem: publicPem, algorithm: { name: "ECDSA P-256" } });
  }
});

test.each([
  ["a wrong passphrase", makeKeyPair("right").privatePem, "wrong"],
  ["no passphrase", makeKeyPair("right").privatePem, undefined],
  ["a public key", makeKeyPair().publicPem, undefined],
  ["an RSA key", pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey, "pkcs8"), undefined],
  [
    "another curve",
    pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey, "pkcs8"),
    undefined,
  ],
  ["nothing", "", undefined],
])("with %s, there is no private key, and the error tells nothing of it", (_, text, passphrase) => {
  const read = () => parsePrivateKey(text, { where: "release.key", passphrase });
  expect(read).toThrow(/^release\.key [^\n]{10,80}$/);
  expect(read).toThrow(RegistryFailure);
});

test("a key of cosign's own encryption is told from others", () => {
  const text =
    "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----";
  expect(() => parsePrivateKey(text, { where: "cosign.key" })).toThrow("cosign's own encryption");
});

test("a private key or a certificate is no public key", () => {
  expect(() => parsePublicKey(makeKeyPair().privatePem, "k")).toThrow("is no public key in PEM");
  expect(() => parsePublicKey("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "k")).toThrow(
    "is no public key in PEM",
  );
});

test("a public key that was changed anywhere is refused in our words, or is another key", () => {
  const der = pairs["P-256"].publicKey.export({ type: "spki", format: "der" });
  const { id } = parsePublicKey(pem(pairs["P-256"].publicKey, "spki"), "k");
  fc.assert(
    fc.property(
      fc.nat(der.byteLength - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.nat(90),
      (at, flip, length) => {
        const changed = Buffer.from(der.subarray(0, Math.max(at + 1, length)));
        changed[at] = (changed[at] ?? 0) ^ flip;
        const text = `-----BEGIN PUBLIC KEY-----\n${changed.toString("base64")}\n-----END PUBLIC KEY-----\n`;
        try {
          expect(parsePublicKey(text, "k").id).not.toBe(id);
        } catch (error) {
          expect(error).toMatchObject({ kind: "invalidKey" });
        }
      },
    ),
  );
});

test("bytes that are no signature are none of anybody", () => {
  const keys = Object.values(pairs).map(({ publicKey }) => parsePublicKey(pem(publicKey, "spki"), "k"));
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.uint8Array({ maxLength: 200 }), (key, signature) => {
      expect(isSignedBy(key, { bytes: BYTES, signature })).toBe(false);
    }),
  );
});

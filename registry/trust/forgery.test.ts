import fc from "fast-check";
import { expect, test } from "vitest";
import { DIGEST, FORMATS, makeKey, makeSignature } from "../../test/fakes/signatures.ts";
import { planBundle, readBundle, toSignedBytes } from "./bundle.ts";
import { judge } from "./judge.ts";
import { signBytes } from "./key.ts";
import { trustKeys } from "./policy.ts";
import type { BadSignature, Signature } from "./signature.ts";
import { readSimpleSigning } from "./simple-signing.ts";

const team = makeKey();
const byTeam = trustKeys([{ name: "team", key: team.public }]);
const reference = { host: "r.example", repository: "genie/occupancy" };

function judgeAll(...signatures: (Signature | BadSignature)[]) {
  return judge(byTeam, { reference, digest: DIGEST, signatures });
}

function signStatement(statement: unknown): Signature | BadSignature {
  const payload = Buffer.from(JSON.stringify(statement));
  return readBundle(planBundle(payload, signBytes(team, toSignedBytes(payload)), team.public.id));
}

const STATEMENT = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ digest: { sha256: DIGEST.slice("sha256:".length) } }],
  predicateType: "https://sigstore.dev/cosign/sign/v1",
};

test("a statement without a predicate is a signature, as cosign 3.0.4 has it", () => {
  expect(judgeAll(signStatement(STATEMENT)).refusal).toBeUndefined();
});

test.each([
  ["another predicate", { ...STATEMENT, predicateType: "https://slsa.dev/provenance/v1" }],
  ["no predicate type", { ...STATEMENT, predicateType: undefined }],
  ["another statement", { ...STATEMENT, _type: "https://in-toto.io/Statement/v0.1" }],
  ["no subject", { ...STATEMENT, subject: [] }],
  ["two subjects", { ...STATEMENT, subject: [...STATEMENT.subject, ...STATEMENT.subject] }],
  ["another hash", { ...STATEMENT, subject: [{ digest: { sha512: "00" } }] }],
  ["a list", []],
  ["null", null],
])("a signed statement with %s is none of the module", (_, statement) => {
  expect(judgeAll(signStatement(statement)).refusal).toBeDefined();
});

function signPayload(value: unknown): Signature {
  const payload = Buffer.from(JSON.stringify(value));
  return { format: "sig", bytes: payload, payload, signature: signBytes(team, payload) };
}

const CRITICAL = {
  identity: { "docker-reference": "r.example/genie/occupancy" },
  image: { "docker-manifest-digest": DIGEST },
  type: "cosign container image signature",
};

test.each(["r.example/genie/occupancy:1", `r.example/genie/occupancy@${DIGEST}`, ""])(
  "a payload that names %j is for the repository",
  (name) => {
    const critical = { ...CRITICAL, identity: { "docker-reference": name } };
    expect(judgeAll(signPayload({ critical })).refusal).toBeUndefined();
  },
);

test.each([
  ["another type", { critical: { ...CRITICAL, type: "atomic container signature" } }],
  ["no type", { critical: { ...CRITICAL, type: undefined } }],
  ["no image", { critical: { ...CRITICAL, image: undefined } }],
  ["another kind of digest", { critical: { ...CRITICAL, image: { "docker-manifest-digest": "sha512:00" } } }],
  ["its claim beside the critical part", { optional: CRITICAL }],
  ["a list", []],
])("a signed payload with %s is none of the module", (_, value) => {
  expect(judgeAll(signPayload(value)).refusal).toBeDefined();
});

test("a bundle's signature is none of a bare payload, nor the other way round", () => {
  const bundle = makeSignature("bundle", team);
  const crossed: Signature = { ...bundle, format: "sig", bytes: bundle.payload };
  expect(judgeAll(crossed).refusal).toBeDefined();
  const sig = makeSignature("sig", team);
  expect(judgeAll({ ...sig, format: "bundle", bytes: toSignedBytes(sig.payload) }).refusal).toBeDefined();
});

test("one changed byte of what is signed, or of the signature's, admits nothing", () => {
  const field = fc.constantFrom("bytes" as const, "signature" as const);
  fc.assert(
    fc.property(
      fc.constantFrom(...FORMATS),
      field,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (...drawn) => {
        const [format, name, at, flip] = drawn;
        const good = makeSignature(format, team);
        const changed = Buffer.from(good[name]);
        const index = at % changed.byteLength;
        changed[index] = (changed[index] ?? 0) ^ flip;
        expect(judgeAll({ ...good, [name]: changed }).refusal).toBeDefined();
      },
    ),
  );
});

test("whatever a registry gives as a signature, it is judged and admits nothing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.uint8Array(), (one, other, bytes) => {
      const found = [
        readBundle(Buffer.from(JSON.stringify(one))),
        readBundle(bytes),
        readBundle(
          Buffer.from(
            JSON.stringify({
              mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
              verificationMaterial: { publicKey: one },
              dsseEnvelope: other,
            }),
          ),
        ),
        readSimpleSigning(bytes, one),
        readSimpleSigning(bytes, { "dev.cosignproject.cosign/signature": other }),
        readSimpleSigning(bytes, {
          "dev.cosignproject.cosign/signature": Buffer.from(bytes).toString("base64"),
        }),
      ];
      const { refusal, signatures } = judgeAll(...found);
      expect(refusal).toBeDefined();
      expect(signatures.every(({ fault }) => fault !== undefined)).toBe(true);
    }),
  );
});

test("whatever a key of the policy signs, nothing but a claim for the module admits it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const payload = Buffer.from(JSON.stringify(value));
      const signature = signBytes(team, payload);
      const simple = { format: "sig", bytes: payload, payload, signature } as const;
      expect(judgeAll(simple, signStatement(value)).refusal).toBeDefined();
    }),
  );
});

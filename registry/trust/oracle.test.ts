import { createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, Verifier, VerificationError } from "@sigstore/verify";
import { expect, test } from "vitest";
import { makeClaim, makeKey, OTHER_DIGEST } from "../../test/fakes/signatures.ts";
import { hexOf } from "../digest.ts";
import type { PublicKey } from "./key.ts";
import { signBundle } from "./sign-plan.ts";

const key = makeKey();

/** As sigstore's own verifier judges a bundle, offline, with one key. */
function verify(bundle: unknown, { id, pem }: PublicKey): void {
  const publicKey = (hint: string) => {
    expect(hint).toBe(id);
    return { publicKey: createPublicKey(pem), validFor: () => true };
  };
  const trusted = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [], publicKey };
  const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
  new Verifier(trusted, none).verify(toSignedEntity(bundleFromJSON(bundle)));
}

test("sigstore's verifier takes our bundles, and no other key's", () => {
  const bundle = JSON.parse(signBundle(makeClaim({ annotations: { stage: "prod" } }), key).toString());
  verify(bundle, key.public);
  const { pem } = makeKey().public;
  expect(() => verify(bundle, { ...key.public, pem })).toThrow(VerificationError);
});

test("sigstore's verifier refuses a bundle of ours that was changed", () => {
  const claim = makeClaim();
  const bundle = JSON.parse(signBundle(claim, key).toString());
  const payload = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
  const other = payload.replace(hexOf(claim.digest), hexOf(OTHER_DIGEST));
  expect(other).not.toBe(payload);
  bundle.dsseEnvelope.payload = Buffer.from(other).toString("base64");
  expect(() => verify(bundle, key.public)).toThrow(VerificationError);
});

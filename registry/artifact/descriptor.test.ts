import { expect, test } from "vitest";
import { findDescriptor } from "./descriptor.ts";
import { findTaggedDigest, isDigestTagged, toDigestTag } from "./digest-tag.ts";

const DIGEST = `sha256:${"0".repeat(64)}` as const;
const DESCRIPTOR = { mediaType: "application/wasm", digest: DIGEST, size: 3 };

test("a descriptor is what it names and no more", () => {
  expect(findDescriptor({ ...DESCRIPTOR, urls: ["https://elsewhere"] })).toEqual(DESCRIPTOR);
});

test.each([
  ["no object", "sha256"],
  ["a list", [DESCRIPTOR]],
  ["nothing", undefined],
  ["no media type", { ...DESCRIPTOR, mediaType: 1 }],
  ["a media type without end", { ...DESCRIPTOR, mediaType: "a".repeat(256) }],
  ["another digest", { ...DESCRIPTOR, digest: "sha512:00" }],
  ["a digest that is a path", { ...DESCRIPTOR, digest: "sha256:../../etc" }],
  ["a size below nothing", { ...DESCRIPTOR, size: -1 }],
  ["half a byte", { ...DESCRIPTOR, size: 0.5 }],
  ["a size that no number holds", { ...DESCRIPTOR, size: 2 ** 53 }],
  ["a size in words", { ...DESCRIPTOR, size: "3" }],
])("%s is no descriptor", (_what, value) => {
  expect(findDescriptor(value)).toBeUndefined();
});

test.each(["", ".sig", ".att"])("the tag of a digest with %j says which digest it is about", (ending) => {
  const tag = toDigestTag(DIGEST, ending);
  expect(isDigestTagged(tag)).toBe(true);
  expect(findTaggedDigest(`registry.example/team/near:${tag}`)).toBe(DIGEST);
});

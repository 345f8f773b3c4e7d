import fc from "fast-check";
import { expect, test } from "vitest";
import { ARTIFACT_TYPE } from "./annotations.ts";
import { sha256 } from "../digest.ts";
import { planReferrer, type ReferrerPlan } from "./referrer.ts";

const subject = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${"a".repeat(64)}`,
  size: 7,
} as const;
const bytes = Buffer.from("# near");
const plan: ReferrerPlan = {
  subject,
  artifactType: ARTIFACT_TYPE.readme,
  layer: {
    mediaType: "text/markdown",
    bytes,
    annotations: { "org.opencontainers.image.title": "README.md" },
  },
};

test("a referrer names its subject, its type and its one layer", () => {
  const { digest, manifest, blobs } = planReferrer({ ...plan, created: new Date(0) });
  expect(digest).toBe(sha256(manifest));
  expect(blobs.map((blob) => Buffer.from(blob).toString())).toEqual(["{}", "# near"]);
  expect(JSON.parse(Buffer.from(manifest).toString())).toEqual({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.cni-genie.readme.v1",
    config: {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      size: 2,
    },
    layers: [
      {
        mediaType: "text/markdown",
        digest: sha256(bytes),
        size: 6,
        annotations: { "org.opencontainers.image.title": "README.md" },
      },
    ],
    subject,
    annotations: { "org.opencontainers.image.created": "1970-01-01T00:00:00Z" },
  });
});

test("without a subject, annotations and a time, no such field is there", () => {
  const { subject: _, ...alone } = plan;
  const { manifest } = planReferrer({ ...alone, layer: { mediaType: "text/markdown", bytes } });
  expect(Object.keys(JSON.parse(Buffer.from(manifest).toString()))).toEqual([
    "schemaVersion",
    "mediaType",
    "artifactType",
    "config",
    "layers",
  ]);
  expect(Buffer.from(manifest).toString()).not.toContain("annotations");
});

test("the order in which annotations are given doesn't change the digest", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (annotations) => {
      const reversed = Object.fromEntries(Object.entries(annotations).toReversed());
      expect(planReferrer({ ...plan, annotations: reversed }).digest).toBe(
        planReferrer({ ...plan, annotations }).digest,
      );
    }),
  );
});

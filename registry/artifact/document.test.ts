import { beforeEach, expect, test } from "vitest";
import { type MemoryReader, makeMemoryReader } from "../../test/fakes/reader.ts";
import { MEDIA_TYPE } from "./artifact.ts";
import { toDescriptor } from "./descriptor.ts";
import { sha256 } from "../digest.ts";
import { findGolden, findReadme, type ModuleDocument, planDocument } from "./document.ts";
import { RegistryFailure } from "../errors.ts";
import { parseAnyManifest } from "./manifest.ts";
import type { PlainArtifact } from "./referrer.ts";

const subject = toDescriptor(MEDIA_TYPE.manifest, Buffer.from("a module"));
const readme = (text: string): ModuleDocument => ({ kind: "readme", bytes: Buffer.from(text) });

let reader: MemoryReader;
beforeEach(() => (reader = makeMemoryReader()));

/** Lists it as a registry would, or as `listed` says. */
function add(
  { digest, manifest, blobs }: PlainArtifact,
  listed: { artifactType?: string; size?: number } = {},
) {
  for (const blob of blobs) reader.add("", blob);
  reader.manifestByName.set(digest, manifest);
  const { artifactType, annotations } = parseAnyManifest(manifest, digest);
  const { mediaType, size } = toDescriptor(MEDIA_TYPE.manifest, manifest);
  reader.referrers.push({ mediaType, digest, size, artifactType, annotations, ...listed });
}

const find = () => findReadme(reader, subject.digest);

test("what is planned is found, each kind for itself", async () => {
  expect(await find()).toBeUndefined();
  add(planDocument(readme("# größer"), subject));
  add(planDocument({ kind: "golden", bytes: Buffer.from("[]") }, subject));
  expect(await find()).toBe("# größer");
  expect(await findGolden(reader, subject.digest)).toBe("[]");
});

test("the newest counts, whatever the order of the list; one without a time is the oldest", async () => {
  add(planDocument(readme("new"), subject, new Date("2026-02-01T00:00:00Z")));
  add(planDocument(readme("old"), subject, new Date("2026-01-01T00:00:00Z")));
  add(planDocument(readme("first"), subject));
  expect(await find()).toBe("new");
  reader.referrers.reverse();
  expect(await find()).toBe("new");
});

test("of two without a time, everybody sees the same one", async () => {
  add(planDocument(readme("one"), subject));
  add(planDocument(readme("other"), subject));
  const seen = await find();
  reader.referrers.reverse();
  expect(await find()).toBe(seen);
});

test.each<[string, () => void]>([
  ["whose manifest is gone", () => reader.manifestByName.clear()],
  ["whose text is gone", () => reader.blobByDigest.clear()],
  [
    "whose manifest is none",
    () => {
      for (const name of reader.manifestByName.keys()) reader.manifestByName.set(name, Buffer.from("<html>"));
    },
  ],
])("one %s is passed over", async (_, damage) => {
  add(planDocument(readme("new"), subject, new Date()));
  damage();
  expect(await find()).toBeUndefined();
  add(planDocument(readme("sound"), subject));
  expect(await find()).toBe("sound");
});

test("what refers to another module, or is another thing, is not taken for one that is listed", async () => {
  add(planDocument(readme("of another"), toDescriptor(MEDIA_TYPE.manifest, Buffer.from("another"))));
  const artifactType = "application/vnd.cni-genie.readme.v1";
  add(planDocument({ kind: "golden", bytes: Buffer.from("[]") }, subject), { artifactType });
  expect(await find()).toBeUndefined();
});

test("a text beyond the bound is neither planned nor read", async () => {
  const long = readme("x".repeat(256 * 2 ** 10 + 1));
  expect(() => planDocument(long, subject)).toThrow(expect.objectContaining({ kind: "tooLarge" }));
  const { digest, manifest, blobs } = planDocument(readme("short"), subject);
  const said = JSON.parse(Buffer.from(manifest).toString());
  said.layers[0].size = long.bytes.byteLength;
  const lying = Buffer.from(JSON.stringify(said));
  add({ digest: sha256(lying), manifest: lying, blobs });
  expect(digest).not.toBe(sha256(lying));
  expect(await find()).toBeUndefined();
});

test("sixteen are looked at, and no more", async () => {
  add(planDocument(readme("the oldest"), subject));
  for (let at = 0; at < 16; at++) add(planDocument(readme(`broken ${at}`), subject, new Date(1e12 + at)));
  let asked = 0;
  const counting = {
    ...reader,
    findManifest: async () => {
      asked++;
      return undefined;
    },
  };
  expect(await findReadme(counting, subject.digest)).toBeUndefined();
  expect(asked).toBe(16);
});

test("bytes that the registry lies about are an error, and not another document", async () => {
  add(planDocument(readme("new"), subject));
  const failure = new RegistryFailure("digestMismatch", "other bytes");
  const lying = { ...reader, getBlob: () => Promise.reject(failure) };
  await expect(findReadme(lying, subject.digest)).rejects.toBe(failure);
});

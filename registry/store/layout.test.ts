import { expect, test } from "vitest";
import {
  EMPTY_INDEX,
  formatIndex,
  type LayoutIndex,
  listEntries,
  mayBeModule,
  parseIndex,
  planEntry,
} from "./layout.ts";

const MANIFEST = { mediaType: "application/vnd.oci.image.manifest.v1+json" };
const A = { digest: `sha256:${"a".repeat(64)}`, size: 1, ...MANIFEST } as const;
const B = { digest: `sha256:${"b".repeat(64)}`, size: 2, ...MANIFEST } as const;

const listNamed = (index: LayoutIndex) =>
  listEntries(index).map(({ digest, reference }) => ({ digest, reference }));

test("a reference names one digest, a digest may have many references", () => {
  const index = planEntry(
    planEntry(planEntry(EMPTY_INDEX, "r.example/m:1", A), "r.example/m:2", A),
    "r.example/m:1",
    B,
  );
  expect(listNamed(index)).toEqual([
    { digest: A.digest, reference: "r.example/m:2" },
    { digest: B.digest, reference: "r.example/m:1" },
  ]);
});

test("a digest whose only tag moves away stays in sight", () => {
  const index = planEntry(planEntry(EMPTY_INDEX, "r.example/m:1", A), "r.example/m:1", B);
  expect(listNamed(index)).toEqual([
    { digest: A.digest, reference: `r.example/m@${A.digest}` },
    { digest: B.digest, reference: "r.example/m:1" },
  ]);
});

test("naming the same thing twice changes nothing", () => {
  const once = planEntry(EMPTY_INDEX, "r.example/m:1", A);
  expect(planEntry(once, "r.example/m:1", A)).toBe(once);
});

test("what has no name is there once, and not beside a name", () => {
  const unnamed = planEntry(EMPTY_INDEX, undefined, A);
  expect(planEntry(unnamed, undefined, A)).toBe(unnamed);
  expect(listNamed(unnamed)).toEqual([{ digest: A.digest, reference: undefined }]);
  const named = planEntry(unnamed, "r.example/m:1", A);
  expect(listNamed(named)).toEqual([{ digest: A.digest, reference: "r.example/m:1" }]);
  expect(planEntry(named, undefined, A)).toBe(named);
});

test("an entry says what it refers to, or that it refers to nothing; a foreign one leaves it open", () => {
  const index = planEntry(planEntry(EMPTY_INDEX, "r.example/m:1", A), undefined, { ...B, subject: A.digest });
  const foreign = { ...A, digest: `sha256:${"c".repeat(64)}`, artifactType: "text/plain" };
  const entries = listEntries({ ...index, manifests: [...index.manifests, foreign] });
  expect(entries.map(({ subject }) => subject)).toEqual([null, A.digest, undefined]);
  expect(entries.map(mayBeModule)).toEqual([true, false, false]);
});

test("what other tools have written is kept", () => {
  const foreign = {
    mediaType: "application/vnd.oci.image.index.v1+json",
    digest: "sha512:x",
    size: 3,
    platform: { os: "linux" },
  };
  const text = JSON.stringify({ schemaVersion: 2, manifests: [foreign], annotations: { by: "another" } });
  const index = planEntry(parseIndex(text, "index.json"), "r.example/m:1", A);
  expect(index.manifests).toContainEqual(foreign);
  expect(index["annotations"]).toEqual({ by: "another" });
  expect(listEntries(index)).toHaveLength(1);
});

test("a short tag of another tool is shown as it is", () => {
  const named = { "org.opencontainers.image.ref.name": "1.0" };
  const text = JSON.stringify({
    schemaVersion: 2,
    manifests: [{ ...A, annotations: named }],
  });
  expect(listNamed(parseIndex(text, "index.json"))).toEqual([{ digest: A.digest, reference: "1.0" }]);
});

test.each([
  ["nested too deep", `${"[".repeat(200_000)}${"]".repeat(200_000)}`, ["is nested too deep", "repair"]],
  [
    "larger than may be read",
    `"${"x".repeat(4 * 2 ** 20)}"`,
    ["would have more than 4194304 bytes", "prune"],
  ],
])("an index that is %s is not written, and what to do is told", (_, foreign, said) => {
  const [why, verb] = said;
  const text = `{"schemaVersion":2,"manifests":[],"annotations":${foreign}}`;
  const index = planEntry(parseIndex(text, "/s/index.json"), "r.example/m:1", A);
  expect(() => formatIndex(index, "/s/index.json")).toThrow(
    expect.objectContaining({
      kind: "damagedStore",
      message: `/s/index.json ${why}`,
      todo: expect.stringContaining(`geniectl ${verb}`),
    }),
  );
});

test.each(["", "[]", "{}", '{"schemaVersion":2}', '{"schemaVersion":2,"manifests":[1]}'])(
  "%j is a damaged index",
  (text) => {
    expect(() => parseIndex(text, "/s/index.json")).toThrow(
      expect.objectContaining({ kind: "damagedStore" }),
    );
    expect(() => parseIndex(text, "/s/index.json")).toThrow("/s/index.json");
  },
);

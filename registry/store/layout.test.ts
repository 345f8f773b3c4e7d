import { expect, test } from "vitest";
import { EMPTY_INDEX, formatIndex, listEntries, parseIndex, planEntry } from "./layout.ts";

const A = { digest: `sha256:${"a".repeat(64)}`, size: 1 } as const;
const B = { digest: `sha256:${"b".repeat(64)}`, size: 2 } as const;

test("a reference names one digest, a digest may have many references", () => {
  const index = planEntry(
    planEntry(planEntry(EMPTY_INDEX, "r.example/m:1", A), "r.example/m:2", A),
    "r.example/m:1",
    B,
  );
  expect(listEntries(index)).toEqual([
    { digest: A.digest, reference: "r.example/m:2" },
    { digest: B.digest, reference: "r.example/m:1" },
  ]);
});

test("a digest whose only tag moves away stays in sight", () => {
  const index = planEntry(planEntry(EMPTY_INDEX, "r.example/m:1", A), "r.example/m:1", B);
  expect(listEntries(index)).toEqual([
    { digest: A.digest, reference: `r.example/m@${A.digest}` },
    { digest: B.digest, reference: "r.example/m:1" },
  ]);
});

test("naming the same thing twice changes nothing", () => {
  const once = planEntry(EMPTY_INDEX, "r.example/m:1", A);
  expect(planEntry(once, "r.example/m:1", A)).toEqual(once);
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
    manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", ...A, annotations: named }],
  });
  expect(listEntries(parseIndex(text, "index.json"))).toEqual([{ digest: A.digest, reference: "1.0" }]);
});

test.each([
  ["nested too deep", `${"[".repeat(200_000)}${"]".repeat(200_000)}`, "is nested too deep"],
  ["larger than it may be read", `"${"x".repeat(4 * 2 ** 20)}"`, "would have more than 4194304 bytes"],
])("an index that is %s is not written", (_, foreign, why) => {
  const text = `{"schemaVersion":2,"manifests":[],"annotations":${foreign}}`;
  const index = planEntry(parseIndex(text, "/s/index.json"), "r.example/m:1", A);
  expect(() => formatIndex(index, "/s/index.json")).toThrow(
    expect.objectContaining({ kind: "damagedStore", message: `/s/index.json ${why}` }),
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

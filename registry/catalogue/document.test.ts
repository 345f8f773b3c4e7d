import fc from "fast-check";
import { expect, test } from "vitest";
import { makeDeprecation, makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { findDocument } from "./document.ts";
import { toBoundedLine } from "./line.ts";

test("reads back what was written", () => {
  for (const document of [makeEntry(), makeDeprecation()]) expect(findDocument(document)).toEqual(document);
});

test("passes over what a later genie adds", () => {
  expect(findDocument({ ...makeEntry(), stars: 5 })).toEqual(makeEntry());
});

test.each<[string, object, string]>([
  ["an escape sequence", { description: "\u001b[2J" }, "description: must be one line"],
  ["a text that turns the line", { description: "a\u202eb" }, "description: must be one line"],
  ["a second line", { licence: "MIT\nerror: no" }, "licence: must be one line"],
  ["a description without an end", { description: "x".repeat(1001) }, "description: "],
  ["a source that runs", { source: "javascript:alert(1)" }, "source: "],
  ["a source in the visitor's files", { source: "file:///etc/passwd" }, "source: "],
  ["a repository with a path out", { repository: "registry.example/../x" }, "repository: must be host/repo"],
  ["a repository without a host", { repository: "scorer" }, "repository: must be host/repo"],
  ["a version that is no tag", { version: "../1" }, "version: must be a tag"],
  ["a digest of another kind", { digest: "md5:00" }, "digest: must be a sha256 digest"],
  ["KPIs by the thousand", { kpis: { required: Array(1000).fill("a"), optional: [] } }, "kpis.required: "],
  ["a KPI that is no name", { kpis: { required: ["<b>"], optional: [] } }, "kpis.required[0]: "],
  ["a size below nothing", { sizeBytes: -1 }, "sizeBytes: "],
  ["a time that is none", { publishedAt: "yesterday" }, "publishedAt: "],
])("refuses %s", (_, more, clause) => {
  expect(findDocument({ ...makeEntry(), ...more })).toContain(clause);
});

test("refuses what is no document at all", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(findDocument(value)).toBeTypeOf("string");
    }),
  );
});

test("any text becomes a line that a document takes", () => {
  const texts = fc.string({ unit: "binary", maxLength: 2000 });
  fc.assert(
    fc.property(texts, (text) => {
      const description = toBoundedLine(text, 1000);
      expect(findDocument({ ...makeEntry(), description })).toMatchObject({ description });
    }),
  );
});

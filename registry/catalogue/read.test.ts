import { expect, test } from "vitest";
import { makeDeprecation, makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { FakeRepository } from "../../test/fakes/catalogue-repository.ts";
import { ARTIFACT_TYPE } from "../artifact/annotations.ts";
import { planJsonArtifact, putDocument, putTagged } from "./artifact.ts";
import { sha256 } from "../digest.ts";
import { findEntry } from "./catalogue.ts";
import { readCatalogue, readContents, readVersion } from "./read.ts";
import { putRollUp } from "./roll-up.ts";
import { planSearch } from "./search.ts";
import { toDocumentTag, toEntryTag } from "./tags.ts";
import { publishDeprecation, publishEntry } from "./update.ts";

const WHERE = "registry.example/catalogue";
const version = (number: number) => makeEntry({ version: `1.0.${number}` });

test("what was published is there, and the latest word on deprecation counts", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  await publishDeprecation(repository, makeDeprecation({ version: "1.0.1" }));
  const read = async () => findEntry(await readCatalogue(repository, WHERE), version(1));
  expect((await read())?.deprecated).toEqual({ reason: "too slow", replacedBy: undefined });
  const { reason: _, ...lifted } = makeDeprecation({
    version: "1.0.1",
    deprecatedAt: "2026-11-26T02:00:00.000Z",
  });
  await publishDeprecation(repository, lifted);
  expect((await read())?.deprecated).toBeUndefined();
  expect((await readCatalogue(repository, WHERE)).updatedAtMs).toBe(Date.parse("2026-11-26T02:00:00.000Z"));
});

test("there is no catalogue where nothing was published", async () => {
  const reading = readCatalogue(new FakeRepository(), WHERE);
  await expect(reading).rejects.toMatchObject({ kind: "notFound" });
  await expect(reading).rejects.toThrow(WHERE);
});

test("what another publisher's roll-up lost is read from its own tag", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  await publishEntry(repository, version(2), {});
  await putRollUp(repository, new Map([[toEntryTag(version(1)), version(1)]]));
  expect((await readCatalogue(repository, WHERE)).entries).toHaveLength(2);
});

test("of what somebody relies on, its own tag counts and not the roll-up, which any publisher writes", async () => {
  const repository = new FakeRepository();
  const other = makeEntry({ repository: "registry.example/team/other" });
  const deprecation = makeDeprecation({ version: "1.0.1" });
  for (const entry of [version(1), other]) await publishEntry(repository, entry, {});
  await publishDeprecation(repository, deprecation);
  const forged = { digest: sha256(Buffer.from("another module")) };
  const documents = [
    { ...version(1), ...forged },
    { ...other, ...forged },
    { ...deprecation, reason: "fine" },
  ];
  await putRollUp(repository, new Map(documents.map((each) => [toDocumentTag(each), each])));
  const exact = new Set([version(1).repository]);
  const catalogue = await readCatalogue(repository, WHERE, { exact });
  expect(findEntry(catalogue, version(1))).toMatchObject({ deprecated: { reason: "too slow" } });
  expect(catalogue.entries.map(({ digest }) => digest).toSorted()).toEqual(
    [version(1).digest, forged.digest].toSorted(),
  );
  expect(catalogue.faults).toEqual([
    expect.stringMatching(/^its roll-up says something else than entry-\w+: the tag counts$/),
    expect.stringMatching(/^its roll-up says something else than deprecation-.*: the tag counts$/),
  ]);
});

test("one version is read from its own tags in few requests, of its deprecations the latest that can be read", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  const deprecatedAt = (hour: number) => `2026-11-26T0${hour}:00:00.000Z`;
  for (const hour of [1, 2, 3])
    await publishDeprecation(
      repository,
      makeDeprecation({ version: "1.0.1", reason: `${hour}`, deprecatedAt: deprecatedAt(hour) }),
    );
  const forged = { ...version(1), digest: sha256(Buffer.from("another module")) };
  await putRollUp(repository, new Map([[toEntryTag(forged), forged]]));
  const latest = toDocumentTag(makeDeprecation({ version: "1.0.1", deprecatedAt: deprecatedAt(3) }));
  await putTagged(repository, planJsonArtifact(ARTIFACT_TYPE.catalogueEntry, "x.json", "{}"), latest);
  const { tags } = await readCatalogue(repository, WHERE);
  const before = repository.requests;
  expect(await readVersion(repository, tags, version(1))).toEqual({
    ...version(1),
    deprecated: { reason: "2", replacedBy: undefined },
  });
  expect(repository.requests - before).toBeLessThanOrEqual(6);
  expect(await readVersion(repository, tags, version(2))).toBeUndefined();
  await putTagged(
    repository,
    planJsonArtifact(ARTIFACT_TYPE.catalogueEntry, "x.json", "{}"),
    toEntryTag(version(1)),
  );
  expect(await readVersion(repository, tags, version(1))).toMatch(/^entry-\w+ can't be read: /);
});

test("what the roll-up alone has was withdrawn", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  await publishEntry(repository, version(2), {});
  repository.digestByTag.delete(toEntryTag(version(2)));
  expect((await readCatalogue(repository, WHERE)).entries.map((one) => one.version)).toEqual(["1.0.1"]);
});

test.each([
  ["no JSON", "{"],
  ["another version", '{"schemaVersion":9,"documents":{}}'],
  ["a list", "[]"],
])("a roll-up that is %s hides nothing", async (_, text) => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  await putTagged(repository, planJsonArtifact(ARTIFACT_TYPE.catalogue, "x.json", text), "latest");
  const { entries, faults } = await readCatalogue(repository, WHERE);
  expect(entries).toHaveLength(1);
  expect(faults).toHaveLength(1);
});

test("a document that is wrong, or under another's tag, hides no other", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  const bad = { ...version(2), description: "\u001b]0;owned\u0007" };
  await putDocument(repository, bad);
  await putTagged(
    repository,
    planJsonArtifact(ARTIFACT_TYPE.catalogueEntry, "x.json", JSON.stringify(version(1))),
    toEntryTag(version(3)),
  );
  const { entries, faults } = await readCatalogue(repository, WHERE);
  expect(entries.map((one) => one.version)).toEqual(["1.0.1"]);
  expect(faults.toSorted()).toEqual(
    [
      `${toDocumentTag(bad)} can't be read: description: must be one line without control characters`,
      `${toEntryTag(version(3))} holds a document of another tag`,
    ].toSorted(),
  );
});

test("a document without an end isn't read", async () => {
  const repository = new FakeRepository();
  await putTagged(
    repository,
    planJsonArtifact(ARTIFACT_TYPE.catalogueEntry, "x.json", `"${"x".repeat(70_000)}"`),
    toEntryTag(version(1)),
  );
  const before = repository.requests;
  expect(await readCatalogue(repository, WHERE)).toMatchObject({
    entries: [],
    faults: [expect.stringContaining("has more than 65536 bytes")],
  });
  expect(repository.requests - before).toBe(3); // tags, roll-up, manifest
});

test("what was just published is in the roll-up, though the list of tags lags behind", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  repository.listTags = async () => [toEntryTag(version(1))];
  await publishEntry(repository, version(2), {});
  expect((await readContents(repository)).rolledUp.get(toEntryTag(version(2)))).toEqual(version(2));
});

test("a roll-up that no reader would take isn't written, and what there was stays", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  const before = repository.digestByTag.get("latest");
  const large = Array.from({ length: 33 }, (_, at) => ({ ...version(at), description: "x".repeat(2 ** 20) }));
  await putRollUp(repository, new Map(large.map((entry) => [toEntryTag(entry), entry])));
  expect(before).toBeDefined();
  expect(repository.digestByTag.get("latest")).toBe(before);
});

test("10,000 entries are searched with few requests, and one more costs little", async () => {
  const repository = new FakeRepository();
  const names = Array.from({ length: 10_000 }, (_, at) => `registry.example/team-${at % 100}/module-${at}`);
  const all = new Map(
    names.map((name) => {
      const entry = makeEntry({ repository: name, description: "x".repeat(300) });
      return [toDocumentTag(entry), entry];
    }),
  );
  for (const tag of all.keys()) repository.digestByTag.set(tag, "sha256:none" as never);
  await putRollUp(repository, all);
  let before = repository.requests;
  const startedMs = performance.now();
  const { entries, faults } = await readCatalogue(repository, WHERE);
  expect(planSearch(entries, { words: ["module-9999"] })).toHaveLength(1);
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  expect([entries.length, faults.length, repository.requests - before]).toEqual([10_000, 0, 3]);

  before = repository.requests;
  await publishEntry(repository, version(1), {});
  expect(repository.requests - before).toBeLessThan(25);
  expect((await readCatalogue(repository, WHERE)).entries).toHaveLength(10_001);
});

test("documents without a roll-up are read within a bound, and the rest is told", async () => {
  const repository = new FakeRepository();
  await putDocument(repository, version(1));
  const digest = repository.digestByTag.get(toEntryTag(version(1))) as never;
  for (let at = 0; at < 60_000; at++) repository.digestByTag.set(toEntryTag(version(at)), digest);
  const { faults } = await readCatalogue(repository, WHERE);
  expect(repository.requests).toBeLessThan(25_000);
  expect(faults.length).toBeLessThanOrEqual(20);
  expect(faults[0]).toBe("50000 of its documents are too many to be read");
}, 60_000);

test("a roll-up of junk without end costs little, and hides nothing", async () => {
  const repository = new FakeRepository();
  await publishEntry(repository, version(1), {});
  const junk = Array.from({ length: 1_500_000 }, (_, at) => `"${at}":{}`).join(",");
  const text = `{"schemaVersion":1,"documents":{${junk}}}`;
  await putTagged(repository, planJsonArtifact(ARTIFACT_TYPE.catalogue, "x.json", text), "latest");
  const startedMs = performance.now();
  expect((await readCatalogue(repository, WHERE)).entries).toHaveLength(1);
  expect(performance.now() - startedMs).toBeLessThan(8_000);
});

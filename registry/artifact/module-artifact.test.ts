import { expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { planModuleArtifact } from "./module-artifact.ts";
import type { PublisherNotes } from "./publisher-notes.ts";

const created = new Date(0);
const wasm = await makeComponent(SCORER);
const OWN = {
  "io.github.cni-genie.module.kind": "scorer",
  "io.github.cni-genie.module.world": "genie:selection@1.0.0",
};

function readAnnotations(notes: PublisherNotes): unknown {
  const { manifest } = planModuleArtifact(wasm, { created, notes });
  return JSON.parse(Buffer.from(manifest).toString()).annotations;
}

test("a module's manifest says what the module says, and what its publisher adds", () => {
  expect(readAnnotations({})).toEqual(OWN);
  const notes = {
    title: "near",
    version: "1.2.0",
    licence: "Apache-2.0 OR (MIT AND BSD-3-Clause)",
    source: "https://git.example/near",
    annotations: {
      "org.example.team": "größe 好",
      "org.opencontainers.image.description": "in the publisher's words",
    },
  };
  expect(readAnnotations(notes)).toEqual({
    ...OWN,
    "org.opencontainers.image.title": "near",
    "org.opencontainers.image.version": "1.2.0",
    "org.opencontainers.image.licenses": "Apache-2.0 OR (MIT AND BSD-3-Clause)",
    "org.opencontainers.image.source": "https://git.example/near",
    ...notes.annotations,
  });
});

test("the order in which notes are given doesn't change the digest", () => {
  const plan = (annotations: Record<string, string>) =>
    planModuleArtifact(wasm, { created, notes: { annotations } });
  expect(plan({ a: "1", b: "2" }).digest).toBe(plan({ b: "2", a: "1" }).digest);
  expect(plan({ a: "1", b: "2" }).digest).not.toBe(plan({ a: "1", b: "3" }).digest);
});

test.each<[string, PublisherNotes, string]>([
  ["a licence in words", { licence: "do what you want" }, "no SPDX expression"],
  ["a source that is a script", { source: "javascript:alert(1)" }, "source"],
  ["a source with a password", { source: "https://me:secret@git.example/near" }, "source"],
  ["a source without a scheme", { source: "git.example/near" }, "source"],
  ["a version of two lines", { version: "1\n2" }, 'image.version" has control characters'],
  ["half a character", { title: "\ud800" }, 'image.title" has control characters'],
  ["an empty title", { title: "" }, 'image.title" is empty'],
  ["text that turns round", { annotations: { a: "\u202egnp" } }, '"a" has control characters'],
  ["a key of two words", { annotations: { "a b": "1" } }, '"a b" has a key with other characters'],
  ["a key without characters", { annotations: { "": "1" } }, '"" has a key'],
  [
    "an annotation of the module's own",
    { annotations: { [Object.keys(OWN)[0] ?? ""]: "x" } },
    "module's own",
  ],
  [
    "a version that is given twice",
    { version: "1", annotations: { "org.opencontainers.image.version": "2" } },
    "given twice",
  ],
  ["a novel", { annotations: { a: "x".repeat(4097) } }, "has more than 4096 characters"],
  [
    "too many",
    { annotations: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, "1"])) },
    "65 annotations are more than 64",
  ],
])("%s is refused", (_, notes, why) => {
  expect(() => planModuleArtifact(wasm, { created, notes })).toThrow(
    expect.objectContaining({ kind: "invalidAnnotation", message: expect.stringContaining(why) }),
  );
});

/** The commands of registry/catalogue/README.md, as written, over a real registry. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openWorkshop, ORAS, readCommands } from "./workshop.ts";

/** A machine that is busy must not make a test fail. */
const toPatient = (commands: string) =>
  commands.replaceAll(/^geniectl (?:publish|diff) .*?(?=\s{2,}#|$)/gm, "$& --deadline-ms 10000");

describe.skipIf(ORAS === undefined)("registry/catalogue/README.md", () => {
  test("from a key to a version that another one replaces", { timeout: 180_000 }, async () => {
    await using workshop = await openWorkshop();
    const [commands = "", ...more] = await readCommands("registry/catalogue/README.md", "Use it");
    expect(more).toEqual([]);
    const said = await workshop.type(toPatient(commands));
    const [old, now] = ["1.0.0", "1.0.1"].map((version) =>
      workshop.toLocal(`registry.example/team/near:${version}`),
    );
    expect(said).toContain("nothing was sent");
    expect(said).toMatch(new RegExp(`^${old} +scorer .* yes +prefers networks with free addresses$`, "m"));
    expect(said).toMatch(/^signatures +sig, bundle; unchecked/m);
    expect(said).toMatch(/^0 of \d+ golden cases are answered differently$/m);
    expect(said).toMatch(new RegExp(`^1\\.0\\.0 .* deprecated: too slow; use ${now}$`, "m"));
    const { documents } = JSON.parse(await readFile(path.join(workshop.dir, "catalogue.json"), "utf8"));
    expect(Object.keys(documents).map((tag) => tag.split("-")[0])).toEqual(
      expect.arrayContaining(["entry", "deprecation"]),
    );
  });
});

/** Eight processes publish at once into one catalogue of a real docker-registry. */
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";
import { RegistryClient } from "../client/client.ts";
import type { Catalogue } from "./catalogue.ts";
import { parseCatalogueName } from "./name.ts";
import { readCatalogue } from "./read.ts";

const PUBLISHERS = 8;
const TEST_MS = 180_000;
const script = path.resolve("test/fakes/catalogue-publisher.ts");

const undo = new AsyncDisposableStack();
let registry: RegistryServer;
beforeAll(async () => {
  const folder = undo.use(await mkdtempDisposable(path.join(tmpdir(), "genie-publishers-")));
  registry = undo.use(await startRegistry({ dir: folder.path }));
});
afterAll(() => undo.disposeAsync());

/** What each of eight was told, a line for each version. */
async function publishAtOnce(
  catalogue: string,
  { count, versions }: { count: number; versions: "own" | "same" },
): Promise<string[]> {
  const all = Array.from({ length: PUBLISHERS }, async (_, at) => {
    const words = [script, catalogue, `p${at}`, String(count), versions];
    const { stdout } = await execa(process.execPath, words, { timeout: TEST_MS });
    return stdout.split("\n");
  });
  return (await Promise.all(all)).flat();
}

async function read(name: string): Promise<Catalogue> {
  const reference = parseCatalogueName(name);
  using client = new RegistryClient(reference);
  return await readCatalogue(client, name);
}

test("eight who publish different versions lose nothing of each other", { timeout: TEST_MS }, async () => {
  const catalogue = `${registry.host}/catalogue/own`;
  const told = await publishAtOnce(catalogue, { count: 5, versions: "own" });
  const { entries, faults } = await read(catalogue);
  expect(faults).toEqual([]);
  expect(entries.map(({ version, digest }) => `${version} ${digest}`).toSorted()).toEqual(told.toSorted());
  expect(entries).toHaveLength(40);
});

test(
  "of eight who publish the same version with other bytes, one at most",
  { timeout: TEST_MS },
  async () => {
    const catalogue = `${registry.host}/catalogue/same`;
    const told = await publishAtOnce(catalogue, { count: 4, versions: "same" });
    const { entries } = await read(catalogue);
    const outcomesByVersion = Map.groupBy(told, (line) => line.split(" ")[0] ?? "");
    expect(outcomesByVersion.size).toBe(4);
    for (const [version, lines] of outcomesByVersion) {
      const winners = lines.filter((line) => line.includes("sha256:"));
      const there = entries
        .filter((entry) => entry.version === version)
        .map(({ digest }) => `${version} ${digest}`);
      expect(winners).toEqual(there);
      expect(winners.length).toBeLessThanOrEqual(1);
      for (const line of lines) expect(line).toMatch(/ (?:sha256:[0-9a-f]{64}|versionTaken|contended)$/);
    }
    expect(entries.length).toBeGreaterThan(0);
  },
);

/**
 * `node store-filler.ts STORE`: puts modules until the store fails; prints why, and whether what is there is sound. Then
 * removes all but the first, and puts one more.
 */
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { unlessCode } from "../../core/missing.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { parseReference } from "../../registry/reference.ts";
import { pruneStore } from "../../registry/store/prune.ts";
import { openStore } from "../../registry/store/store.ts";
import { addNote, makeComponent, SCORER } from "./component.ts";

const [, , folder = ""] = process.argv;
const component = await makeComponent(SCORER);
const store = openStore(folder);
let put = 0;
let failure = "";
while (failure === "") {
  const artifact = planArtifact(addNote(component, String(put)), { created: new Date(0) });
  try {
    await store.put(artifact, parseReference(`r.example/m${put}:1`));
    put++;
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    failure = error.message;
  }
}
const entries = await store.listEntries();
for (const { digest } of entries) if ((await store.findModule(digest)) === undefined) throw new Error(digest);
const leftovers = entries.length === 0 ? [] : await readdir(path.join(folder, ".tmp"));
const pruned = put === 0 ? undefined : await prune();
console.log(JSON.stringify({ pruned, put, listed: entries.length, failure, leftovers }));

async function prune() {
  await unlessCode(writeFile(path.join(folder, "ballast"), Buffer.alloc(2 ** 20)), ["ENOSPC"]); // to the last byte
  const [first] = entries;
  const needs = { digests: new Set(first && [first.digest]), references: new Set<string>(), tagged: false };
  const { artifacts } = await pruneStore(
    folder,
    { ...needs, sinceMs: Infinity, unnamedSinceMs: Infinity },
    { dryRun: false },
  );
  const artifact = planArtifact(addNote(component, "after"), { created: new Date(0) });
  await store.put(artifact, parseReference("r.example/after:1"));
  return { artifacts: artifacts.length, left: (await store.listEntries()).length };
}

/** `node store-filler.ts STORE`: puts modules until the store fails; prints why, and whether what is there is sound. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { planArtifact } from "../../registry/artifact.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { parseReference } from "../../registry/reference.ts";
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
console.log(JSON.stringify({ put, listed: entries.length, failure, leftovers }));

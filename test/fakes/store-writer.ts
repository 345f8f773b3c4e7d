/**
 * `node store-writer.ts STORE NAME COMPONENT`: puts one module after the other, under ten tags in turn, until it's
 * killed. Prints each digest once it's in the store.
 */
import { readFile } from "node:fs/promises";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { addNote } from "./component-notes.ts";

const [, , folder = "", name = "", file = ""] = process.argv;
const component = await readFile(file);
const store = openStore(folder);
for (let turn = 0; ; turn++) {
  const artifact = planArtifact(addNote(component, `${process.pid} ${turn}`), { created: new Date(0) });
  await store.put(artifact, parseReference(`r.example/${name}:${turn % 10}`));
  console.log(artifact.digest);
}

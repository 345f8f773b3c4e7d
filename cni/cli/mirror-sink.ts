import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { orIoFailure } from "../../core/io-failure.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { type Collection, isModule } from "../../registry/collect.ts";
import { packStore } from "../../registry/mirror/pack.ts";
import { pushCollection } from "../../registry/mirror/push.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import type { MirrorTarget } from "./mirror-plan.ts";
import { findPrepareFault } from "./pull-module.ts";
import type { Shell } from "./shell.ts";

/** Where mirrored artifacts go. */
export interface MirrorSink extends AsyncDisposable {
  put(collection: Collection, reference: Reference): Promise<void>;
  /** Until then, an archive is not there at all. */
  finish(): Promise<void>;
}

export async function openSink(target: MirrorTarget, shell: Shell): Promise<MirrorSink> {
  if (target.kind === "archive") return await openArchive(target.file);
  const put = target.kind === "store" ? toStore(target.folder, shell) : toRegistry(shell);
  return { put, finish: async () => {}, async [Symbol.asyncDispose]() {} };
}

function toRegistry(shell: Shell): MirrorSink["put"] {
  return async (collection, reference) => {
    using client = new RegistryClient(reference, await shell.clientOptions());
    await pushCollection(client, collection, reference.tag);
  };
}

/** Modules are made ready to be loaded, as a pull does. */
function toStore(folder: string, shell: Shell): MirrorSink["put"] {
  const store = openStore(folder);
  return async (collection, reference) => {
    await store.putCollection(collection, reference);
    if (!isModule(collection)) return;
    const module = await store.findModule(collection.root.digest);
    const fault = module && (await findPrepareFault(folder, module));
    if (fault !== undefined)
      shell.warn(`${formatReference(reference)} is in the store, but genie can't use it: ${fault}`);
  };
}

/** Gathered in a store of its own; the file then comes into its place in one step. */
async function openArchive(file: string): Promise<MirrorSink> {
  const gathered = await mkdtempDisposable(path.join(tmpdir(), "genie-mirror-"));
  const store = openStore(gathered.path);
  return {
    put: (collection, reference) => store.putCollection(collection, reference),
    finish: () => orIoFailure(`${file} can't be written`, () => packStore(gathered.path, path.resolve(file))),
    [Symbol.asyncDispose]: () => gathered.remove(),
  };
}

import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { orIoFailure } from "../../core/io-failure.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { type Collection, collectArtifact } from "../../registry/collect.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { listRoots, type Home } from "../../registry/mirror/roots.ts";
import { unpackArchive } from "../../registry/mirror/unpack.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import type { Shell } from "./shell.ts";

/** What is to be mirrored; each artifact is read when its turn comes. */
export interface MirrorSource extends AsyncDisposable {
  readonly references: readonly Reference[];
  /** @throws {RegistryFailure} */
  collect(reference: Reference): Promise<Collection>;
}

/** Artifacts of registries. With tag and digest, the tag must lead to the digest. */
export function fromRegistries(references: readonly Reference[], shell: Shell): MirrorSource {
  return {
    references,
    async collect(reference) {
      const where = formatReference(reference);
      using client = new RegistryClient(reference, await shell.clientOptions());
      const collection = await collectArtifact(client, reference.tag ?? reference.digest ?? "", where);
      const { digest } = collection.root;
      if (reference.digest === undefined || reference.digest === digest) return collection;
      throw new RegistryFailure("digestMismatch", `${where}: the tag leads to ${digest}`);
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Artifacts of an archive, which is unpacked and checked whole before the first one is taken. */
export async function fromArchive(file: string, home: Home | undefined): Promise<MirrorSource> {
  await using undo = new AsyncDisposableStack();
  const { path: folder } = undo.use(await mkdtempDisposable(path.join(tmpdir(), "genie-mirror-")));
  await orIoFailure(`${file} can't be unpacked`, () => unpackArchive(file, folder));
  const roots = await listRoots(folder, home);
  const store = openStore(folder);
  const held = undo.move();
  return {
    references: roots.map(({ reference }) => reference),
    async collect(reference) {
      const where = formatReference(reference);
      const root = roots.find((each) => formatReference(each.reference) === where);
      return await collectArtifact(store.reader(reference), root?.digest ?? "", `${where} in ${file}`);
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

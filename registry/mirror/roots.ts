import { MAX_JSON_BYTES } from "../artifact/artifact.ts";
import { findAnyManifest } from "../artifact/manifest.ts";
import type { Digest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parseReference, type Reference } from "../reference.ts";
import { isDigestTagged } from "../artifact/digest-tag.ts";
import { BlobFolder } from "../store/blob-folder.ts";
import { planPaths } from "../store/folder.ts";
import { IndexFile } from "../store/index-file.ts";
import { listEntries } from "../store/layout.ts";
import { namingStore } from "../store/naming.ts";

/** An artifact that stands for itself, under the name that it has in a layout. */
export interface Root {
  readonly digest: Digest;
  readonly reference: Reference;
}

/** Where artifacts belong whose names say only a tag, as other tools write them. */
export type Home = Pick<Reference, "host" | "repository">;

/**
 * What a layout holds that refers to nothing else and has a name. What refers to it is found from it.
 * @throws {RegistryFailure} badArchive for a tag that nobody gave a home, and where there is nothing
 */
export function listRoots(folder: string, home: Home | undefined): Promise<readonly Root[]> {
  const paths = planPaths(folder);
  return namingStore(folder, async () => {
    const blobs = new BlobFolder(paths.blobs, paths.temp);
    const roots: Root[] = [];
    // One manifest at a time: an archive may have gigabytes of them.
    for (const { digest, reference, isIndex } of listEntries(await new IndexFile(paths).read())) {
      if (reference === undefined || isIndex || isDigestTagged(reference)) continue;
      const bytes = await blobs.findSound(digest, MAX_JSON_BYTES);
      if (bytes !== undefined && findAnyManifest(bytes)?.subject !== undefined) continue;
      roots.push({ digest, reference: toReference(reference, home) });
    }
    if (roots.length > 0) return roots;
    throw new RegistryFailure("badArchive", "it names no module, and nothing else that stands for itself", {
      todo: "make it anew with geniectl mirror --to FILE.tar, or give what is in it a name, as in skopeo copy … oci:FOLDER:HOST/REPOSITORY:TAG",
    });
  });
}

function toReference(name: string, home: Home | undefined): Reference {
  if (name.includes("/")) return parseReference(name);
  if (home !== undefined) return parseReference(`${home.host}/${home.repository}:${name}`);
  throw new RegistryFailure(
    "badArchive",
    `it names an artifact ${JSON.stringify(name.slice(0, 128))} and no more`,
    {
      todo: "say where it belongs with --repository HOST/REPOSITORY",
    },
  );
}

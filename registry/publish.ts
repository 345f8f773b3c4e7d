import type { Artifact } from "./artifact/artifact.ts";
import { addEntry, type AddOptions, isEntered } from "./catalogue/add.ts";
import type { Entry } from "./catalogue/document.ts";
import type { ModuleVersion } from "./catalogue/tags.ts";
import { refreshRollUp } from "./catalogue/update.ts";
import { type ClientOptions, RegistryClient } from "./client/client.ts";
import type { Digest } from "./digest.ts";
import type { ModuleDocument } from "./artifact/document.ts";
import { RegistryFailure } from "./errors.ts";
import { formatReference, type Reference } from "./reference.ts";
import { formatRepository } from "./repository-name.ts";
import { pushArtifact } from "./transfer.ts";
import type { PrivateKey } from "./trust/key.ts";
import { toRuleName } from "./trust/rule-name.ts";
import { signArtifact } from "./trust/sign.ts";

/** A version of a module as it is to be published. */
export interface Publication {
  /** With the version as its tag. */
  readonly reference: Reference;
  readonly artifact: Artifact;
  readonly documents: readonly ModuleDocument[];
  readonly catalogue: Reference;
  readonly entry: Entry;
  /** Undefined when it stays unsigned. */
  readonly key: PrivateKey | undefined;
}

/** What is to be published, as far as it must be free. */
export interface WantedVersion extends Pick<Publication, "reference" | "catalogue"> {
  readonly version: ModuleVersion;
  readonly digest: Digest;
}

/** `wait`: for another publisher of the same version. */
export type PublishStep = "push" | "sign" | "catalogue" | "wait" | "tag" | "roll-up";

export interface PublishOptions extends ClientOptions, Pick<AddOptions, "timing"> {
  /** Before each step. */
  readonly onStep: (step: PublishStep) => void;
}

/**
 * Publishes a version: first all that nobody sees, then its entry in the catalogue, which is what makes it published,
 * then its tag. Where it fails, running it again with the same bytes goes on.
 * @throws {RegistryFailure} versionTaken by other bytes, before anything is sent; what to do says how to go on
 */
export async function publishModule(publication: Publication, options: PublishOptions): Promise<void> {
  const { reference, artifact, documents, entry, key } = publication;
  const { onStep, timing, ...clientOptions } = options;
  checkApart(publication);
  using module = new RegistryClient(reference, clientOptions);
  using catalogue = new RegistryClient(publication.catalogue, clientOptions);
  await requireFree({ ...publication, version: entry, digest: artifact.digest }, clientOptions);
  const untagged = { ...reference, tag: undefined, digest: artifact.digest };
  let goOn = "nothing of it can be seen yet: run it again";
  try {
    onStep("push");
    await pushArtifact(artifact, untagged, { ...clientOptions, documents });
    if (key !== undefined) {
      onStep("sign");
      await signArtifact(untagged, { key, annotations: {}, created: new Date() }, clientOptions);
    }
    onStep("catalogue");
    const again = `run it again with the same bytes, or oras tag ${formatReference(untagged)} ${entry.version}`;
    goOn = `it may be published by its digest already: ${again}`;
    await addEntry(catalogue, entry, {
      ...(timing && { timing }),
      ...(options.signal && { signal: options.signal }),
      onWait: () => onStep("wait"),
    });
    goOn = `it is published by its digest: to set its tag, ${again}`;
    onStep("tag");
    await module.putManifest(artifact.manifest, entry.version);
    goOn = "it is published: the catalogue's roll-up is renewed by the next publisher";
    onStep("roll-up");
    await refreshRollUp(catalogue, entry);
  } catch (cause) {
    if (!(cause instanceof RegistryFailure) || cause.kind === "versionTaken") throw cause;
    throw new RegistryFailure(cause.kind, cause.message, { todo: `${cause.todo}; ${goOn}`, cause });
  }
}

/** @throws {RegistryFailure} invalidReference: tags of a catalogue would show among the module's versions */
export function checkApart({ reference, catalogue }: Pick<Publication, "reference" | "catalogue">): void {
  const [module, other] = [formatRepository(reference), formatRepository(catalogue)];
  if (toRuleName(module) !== toRuleName(other)) return;
  throw new RegistryFailure("invalidReference", `the catalogue ${other} is the module's own repository`, {
    todo: "name another repository for the catalogue, such as registry/catalogue",
  });
}

/** @throws {RegistryFailure} versionTaken when the version leads to other bytes, in the catalogue or by its tag */
export async function requireFree(wanted: WantedVersion, options: ClientOptions): Promise<void> {
  const { reference, digest, version } = wanted;
  using module = new RegistryClient(reference, options);
  using catalogue = new RegistryClient(wanted.catalogue, options);
  await isEntered(catalogue, { ...version, digest });
  const there = await module.findDigest(version.version);
  if (there === undefined || there === digest) return;
  throw new RegistryFailure("versionTaken", `${formatReference(reference)} is there already: ${there}`);
}

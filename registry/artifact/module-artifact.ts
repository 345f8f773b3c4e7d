import { type Artifact, checkComponent, planArtifact } from "./artifact.ts";
import { planModuleAnnotations } from "./module-annotations.ts";
import { planNotes, type PublisherNotes } from "./publisher-notes.ts";

interface Publishing {
  readonly created: Date;
  readonly notes?: PublisherNotes;
}

/**
 * A module as it is published: annotated with what its binary says of itself and what its publisher adds. Apart from
 * planArtifact(), whose file an ADD loads, because it takes the code that reads all of the metadata.
 * @throws {RegistryFailure} notComponent, tooLarge, invalidAnnotation
 */
export function planModuleArtifact(wasm: Uint8Array, { created, notes = {} }: Publishing): Artifact {
  const own = planModuleAnnotations(wasm, checkComponent(wasm));
  return planArtifact(wasm, { created, annotations: { ...own, ...planNotes(notes) } });
}

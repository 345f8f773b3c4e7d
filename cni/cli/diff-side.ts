import { stat } from "node:fs/promises";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { unlessCode, unlessMissing } from "../../core/missing.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { inspectComponent } from "../../core/wasm/component.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import type { Digest } from "../../registry/digest.ts";
import { findGolden } from "../../registry/artifact/document.ts";
import type { ModuleTraits } from "../../registry/module-diff.ts";
import { formatReference, parseReference, type Reference } from "../../registry/reference.ts";
import { fetchArtifact } from "../../registry/transfer.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import { MAX_CASES_BYTES } from "../author/golden/case.ts";
import { requireKind, type Subject } from "../author/subject.ts";
import { readTarget } from "./author-options.ts";
import { readInput } from "./input-file.ts";
import type { Shell } from "./shell.ts";

/** One of two modules that are compared. */
export interface DiffSide {
  readonly subject: Pick<Subject, "file" | "component">;
  readonly kind: ModuleKind;
  /** Undefined for a file. */
  readonly digest: Digest | undefined;
  readonly traits: ModuleTraits;
  /** Beside it: text that its publisher wrote. */
  readonly casesText: string | undefined;
}

interface HowToOpen {
  readonly kind: ModuleKind | undefined;
  /** What is run out of a registry must be signed as it says. */
  readonly policy: TrustPolicy | undefined;
}

/** A file or folder of this name, else what a registry has under it. @throws {BuildFailure} for what is no module */
export async function openSide(name: string, how: HowToOpen, shell: Shell): Promise<DiffSide> {
  const isFile = (await unlessCode(stat(name), ["ENOENT", "ENOTDIR"])) !== undefined;
  const side = isFile ? await readSide(name, how, shell) : await fetchSide(parseReference(name), how, shell);
  return toSide(side, how);
}

type Found = Omit<DiffSide, "kind" | "traits">;

async function readSide(target: string, how: HowToOpen, shell: Shell): Promise<Found> {
  const subject = await readTarget(target, how, shell);
  const hasCases = (await unlessMissing(stat(subject.cases))) !== undefined;
  const casesText = hasCases ? (await readInput(subject.cases, MAX_CASES_BYTES)).toString() : undefined;
  return { subject, digest: undefined, casesText };
}

async function fetchSide(reference: Reference, { policy }: HowToOpen, shell: Shell): Promise<Found> {
  const options = await shell.clientOptions();
  const file = formatReference(reference);
  shell.progress(`fetching ${file} …`);
  const { wasm: component, digest } = await fetchArtifact(reference, { ...options, policy });
  using client = new RegistryClient(reference, options);
  const casesText = await findGolden(client, digest);
  return { subject: { file, component }, digest, casesText };
}

function toSide(found: Found, how: HowToOpen): DiffSide {
  const { component } = found.subject;
  const kind = requireKind(found.subject, how.kind);
  const { metadata } = readEmbeddedMetadata(component);
  const traits = { shape: inspectComponent(component), sizeBytes: component.byteLength, metadata };
  return { ...found, kind, traits };
}

import { Failure } from "../../core/errors.ts";
import type { Artifact } from "../../registry/artifact/artifact.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { planModuleArtifact } from "../../registry/artifact/module-artifact.ts";
import type { PublisherNotes } from "../../registry/artifact/publisher-notes.ts";

/** The artifact of a component that was read from a file. @throws {RegistryFailure} naming the file */
export function planFromFile(
  { file, wasm }: { file: string; wasm: Uint8Array },
  notes: PublisherNotes,
): Artifact {
  try {
    return planModuleArtifact(wasm, { created: readSourceDate(process.env["SOURCE_DATE_EPOCH"]), notes });
  } catch (cause) {
    if (!(cause instanceof RegistryFailure)) throw cause;
    throw new RegistryFailure(cause.kind, `${file}: ${cause.message}`, { cause, todo: cause.todo });
  }
}

/** The same file gets the same digest wherever it's pushed from. Source: reproducible-builds.org, SOURCE_DATE_EPOCH. */
function readSourceDate(seconds: string | undefined): Date {
  if (seconds === undefined || seconds === "") return new Date(0);
  const date = new Date(/^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Failure("invalidEnvironment", "SOURCE_DATE_EPOCH is no number of seconds", {
    details: "mend or unset it",
  });
}

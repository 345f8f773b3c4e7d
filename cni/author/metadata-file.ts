import { readFile } from "node:fs/promises";
import path from "node:path";
import { unlessMissing } from "../../core/missing.ts";
import { type ModuleMetadata, readMetadata } from "../../core/metadata/metadata.ts";
import { BuildFailure } from "./failure.ts";

/** In one line; where there are more, each has a line of its own before it. */
const MAX_TOLD = 3;

/** The file beside a module's source that says what isn't in its code: `near.json` of `near.ts`. */
function toMetadataFile(source: string): string {
  return path.join(path.dirname(source), `${path.parse(source).name}.json`);
}

/**
 * What an author says of a module; undefined when no file is named and none is there.
 * @throws {BuildFailure} naming the file, or its field that is wrong.
 */
export async function findMetadataOf(source: string, named?: string): Promise<ModuleMetadata | undefined> {
  const file = named ?? toMetadataFile(source);
  const text = await unlessMissing(readFile(file, "utf8"));
  if (text === undefined && named !== undefined) {
    throw new BuildFailure(`${file} isn't there`, { todo: "name the module's metadata file" });
  }
  if (text === undefined) return undefined;
  const { metadata, faults } = readMetadata(text);
  if (metadata !== undefined) return metadata;
  throw new BuildFailure(`${file} can't be a module's metadata: ${faults.slice(0, MAX_TOLD).join("; ")}`, {
    todo: "see selectors/README.md, What a module says of itself",
    report: faults.length > MAX_TOLD ? faults.map((fault) => `${file}: ${fault}`) : [],
  });
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { replaceFile } from "../../registry/file/atomic-file.ts";
import type { BuiltModule } from "./module.ts";
import { formatSettingsTypes, MADE_BY, toSettingsFile } from "./settings-types.ts";

/**
 * Writes the types of a TypeScript module's settings beside its source, where its schema has changed. @returns why it
 * didn't, where it should have: the module is built all the same.
 */
export async function writeSettingsTypes({
  file: source,
  language,
  metadata,
}: Pick<BuiltModule, "file" | "language" | "metadata">): Promise<readonly string[]> {
  if (language !== "typescript" || metadata?.settings === undefined) return [];
  const file = toSettingsFile(source);
  const text = formatSettingsTypes(metadata.settings);
  try {
    const before = await unlessMissing(readFile(file, "utf8"));
    if (before === text) return [];
    if (before !== undefined && !before.startsWith(MADE_BY))
      return [`${file} is not geniectl's own and stays: it may differ from the schema`];
    await replaceFile(file, Buffer.from(text), { tempDir: path.dirname(file) });
    return [];
  } catch (error) {
    const code = findErrno(error);
    if (code === undefined) throw error;
    return [`${file} can't be written (${code}): an editor knows nothing of the settings' types`];
  }
}

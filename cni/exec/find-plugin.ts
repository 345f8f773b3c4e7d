import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { Failure, findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import type { PluginCall } from "../../core/ports.ts";
import { ROUTES_PLUGIN } from "../../core/routing/acts.ts";

/**
 * The plugin that is to be run.
 *
 * @throws {Failure} invalidConfig when it is this very program.
 */
export async function findPlugin({ plugin, path: folders }: PluginCall): Promise<string | undefined> {
  const file = await findExecutable(plugin, folders);
  if (file === undefined || !(await isOurselves(file))) return file;
  throw new Failure(
    "invalidConfig",
    `genie was called by genie: a network's plugin is ${plugin}, and ${file} is genie itself`,
  );
}

/**
 * By base name, in the first of these folders that has it as a program; what belongs to genie, also beside genie.
 * Source: SPEC.md, "CNI_PATH".
 */
export async function findExecutable(
  plugin: string,
  folders: readonly string[],
): Promise<string | undefined> {
  if (plugin.includes("/") || ["", ".", ".."].includes(plugin)) return undefined;
  const ours = plugin === ROUTES_PLUGIN ? await findOwnFolder() : [];
  for (const folder of [...folders, ...ours]) {
    const file = path.join(folder, plugin);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG"].includes(findErrno(error) ?? ""))
      return false;
    throw error;
  }
}

/** Where the running program lies. */
async function findOwnFolder(): Promise<readonly string[]> {
  const running = process.argv[1];
  const file = running === undefined ? undefined : await unlessMissing(realpath(running));
  return file === undefined ? [] : [path.dirname(file)];
}

async function isOurselves(file: string): Promise<boolean> {
  const running = process.argv[1];
  if (running === undefined) return false;
  const [there, ours] = await Promise.all([file, running].map((one) => unlessMissing(realpath(one))));
  return there !== undefined && there === ours;
}

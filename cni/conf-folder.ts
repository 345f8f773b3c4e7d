import { constants, type Dirent } from "node:fs";
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessMissing } from "../core/missing.ts";
import type { ConfFolder } from "../core/networks/candidates.ts";
import { type ConfFile, NETWORK_NAME } from "../core/spec/network.ts";

/** Of the files that runtimes read. Source: libcni/conf.go, `ConfFiles`. */
export const CONF_EXTENSIONS: readonly string[] = [".conf", ".conflist", ".json"];
const PLUGIN_EXTENSION = ".conf";
const FILE_LIMIT_BYTES = 256 * 1024;
const FILE_LIMIT = 4096;
/** In all the folders of networks together. */
const PLUGIN_FILE_LIMIT = 4096;
/** Stands for files that can't be read or are too many: no JSON, so that the network is passed over with a reason. */
const UNREAD: ConfFile = { name: "*.conf", text: "" };
/** A pipe that nobody writes to is empty, and not waited for. */
const READ_WITHOUT_WAIT = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The configuration files of a folder, and those in the folders of its networks, as libcni picks them. A missing
 * folder has none.
 *
 * @throws {Failure} ioFailure when the folder can't be read.
 */
export function readConfFolder(folder: string): Promise<ConfFolder> {
  return orIoFailure(`the conf folder ${folder} can't be read`, async () => {
    const entries = (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? [];
    const names = entries
      .map(({ name }) => name)
      .filter((name) => CONF_EXTENSIONS.includes(path.extname(name)));
    const files: ConfFile[] = [];
    for (const name of names.toSorted().slice(0, FILE_LIMIT)) {
      const file = await readConfFile(folder, name);
      if (file !== undefined) files.push(file);
    }
    return {
      files,
      pluginFilesByNetwork: await readPluginFolders(folder, entries.filter(mayBeNetworkFolder)),
    };
  });
}

function mayBeNetworkFolder(entry: Dirent): boolean {
  return (entry.isDirectory() || entry.isSymbolicLink()) && NETWORK_NAME.test(entry.name);
}

async function readPluginFolders(
  folder: string,
  entries: readonly Dirent[],
): Promise<ConfFolder["pluginFilesByNetwork"]> {
  const filesByNetwork = new Map<string, readonly ConfFile[]>();
  let left = PLUGIN_FILE_LIMIT;
  for (const name of entries.map((entry) => entry.name).toSorted()) {
    const files = await readPluginFolder(path.join(folder, name), left);
    left = Math.max(0, left - files.length);
    if (files.length > 0) filesByNetwork.set(name, files);
  }
  return filesByNetwork;
}

/** All or nothing: a chain in which a plugin is missing must not run. */
async function readPluginFolder(folder: string, limit: number): Promise<readonly ConfFile[]> {
  const names = await findPluginFiles(folder);
  if (names === undefined || names.length > limit) return [UNREAD];
  const files: ConfFile[] = [];
  for (const name of names) files.push((await readConfFile(folder, name)) ?? { ...UNREAD, name });
  return files;
}

/** In the order in which they are chained; undefined when nobody can know them. */
async function findPluginFiles(folder: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    return files.filter((name) => path.extname(name) === PLUGIN_EXTENSION).toSorted();
  } catch (error) {
    const code = findErrno(error);
    if (["ENOENT", "ENOTDIR"].includes(code ?? "")) return [];
    if (["EACCES", "ELOOP", "EIO"].includes(code ?? "")) return undefined;
    throw error;
  }
}

/** Undefined for a file that went away, and for what is none. What is too long is cut, and so no JSON. */
async function readConfFile(folder: string, name: string): Promise<ConfFile | undefined> {
  try {
    const handle = await open(path.join(folder, name), READ_WITHOUT_WAIT);
    try {
      const { size: sizeBytes } = await handle.stat();
      const buffer = Buffer.alloc(Math.min(sizeBytes, FILE_LIMIT_BYTES));
      const { bytesRead } = await handle.read({ buffer });
      return { name, text: buffer.toString("utf8", 0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = findErrno(error);
    if (["ENOENT", "EISDIR", "ELOOP", "ENXIO"].includes(code ?? "")) return undefined;
    if (["EAGAIN", "EACCES", "EIO"].includes(code ?? "")) return { name, text: "" }; // to be named among the bad ones
    throw error;
  }
}

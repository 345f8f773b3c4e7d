import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { unlessCode } from "../../core/missing.ts";
import { readBounded } from "../../registry/file/bounded-file.ts";

const MAX_LIST_BYTES = 8 * 2 ** 20;
const MAX_OPTIONS_BYTES = 4 * 2 ** 20;
const NOTHING_TO_READ = ["ENOENT", "ENOTDIR", "EACCES", "ENXIO"];

/** What is known of a kernel's features without asking it to load one. */
export interface KernelFeatures {
  /** How a module of this name was found, such as `is loaded`; undefined when nothing tells of it. */
  find(module: string, option: string): Promise<string | undefined>;
  /** Where it was looked. */
  readonly sources: readonly string[];
}

/** Reads the lists of a kernel's modules, and its options where it shows them. @param root `/` on a node. */
export async function readKernelFeatures(root: string, release: string): Promise<KernelFeatures> {
  const folder = path.join(root, "lib/modules", release);
  const loaded = path.join(root, "sys/module");
  const config = path.join(root, "proc/config.gz");
  const [builtin, loadable, options] = await Promise.all([
    readText(path.join(folder, "modules.builtin")),
    readText(path.join(folder, "modules.dep")),
    readOptions(config),
  ]);
  return {
    sources: [loaded, `${folder}/modules.builtin`, `${folder}/modules.dep`, config],
    async find(module, option) {
      const names = new RegExp(`(^|/)${module.replaceAll(/[-_]/g, "[-_]")}\\.ko`, "m");
      if (await exists(path.join(loaded, module))) return `is there (${loaded}/${module})`;
      if (names.test(builtin)) return `is built in (${folder}/modules.builtin)`;
      if (names.test(loadable)) return `can be loaded (${folder}/modules.dep)`;
      const [line] = new RegExp(`^${option}=[ym]$`, "m").exec(options) ?? [];
      return line === undefined ? undefined : `is there (${line} in ${config})`;
    },
  };
}

async function readOptions(file: string): Promise<string> {
  const packed = await unlessCode(readFile(file), NOTHING_TO_READ);
  if (packed === undefined) return "";
  return (await promisify(gunzip)(packed, { maxOutputLength: MAX_OPTIONS_BYTES })).toString();
}

async function readText(file: string): Promise<string> {
  const bytes = await unlessCode(readBounded(file, MAX_LIST_BYTES), NOTHING_TO_READ);
  return bytes === undefined || typeof bytes === "string" ? "" : bytes.toString();
}

async function exists(file: string): Promise<boolean> {
  return (
    (await unlessCode(
      access(file).then(() => true),
      NOTHING_TO_READ,
    )) === true
  );
}

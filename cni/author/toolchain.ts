import { access, realpath } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { findErrno } from "../../core/errors.ts";
import { BuildFailure } from "./failure.ts";

/** The file of each tool that is imported, inside its package. Authors need them, nodes don't. */
const ENTRY_BY_TOOL = {
  assemblyscript: "dist/asc.js",
  "componentize-qjs": "index.js",
  "@bytecodealliance/jco": "dist/api.js",
  rolldown: "dist/index.mjs",
} as const;

type Tool = keyof typeof ENTRY_BY_TOOL;

/** rolldown comes with jco and is found from there. */
const FOUND_FROM: Partial<Record<Tool, Tool>> = { rolldown: "@bytecodealliance/jco" };

/** Loads a tool from the node_modules around this program. The caller says which interface it has. */
export async function loadTool<T>(tool: Tool): Promise<T> {
  return (await import(pathToFileURL(await findTool(tool)).href)) as T;
}

/** The file of a tool that is imported. */
export async function findTool(tool: Tool): Promise<string> {
  return path.join(path.dirname(await findManifest(tool)), ENTRY_BY_TOOL[tool]);
}

/** The folder of this package: the one that holds the world and the SDK. */
export async function findPackageRoot(): Promise<string> {
  let folder = import.meta.dirname;
  while (!(await exists(path.join(folder, "selectors/wit/world.wit")))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw standsAlone("the world and the SDK are not beside this geniectl");
    folder = parent;
  }
  return folder;
}

/** The real path, since some package managers link packages, and a tool's own tools lie beside its real place. */
async function findManifest(tool: Tool): Promise<string> {
  const from = FOUND_FROM[tool];
  const base = from === undefined ? import.meta.url : pathToFileURL(await findManifest(from));
  try {
    const manifest = findPackageJSON(tool, base);
    if (manifest !== undefined) return await realpath(manifest);
  } catch (error) {
    if (findErrno(error) !== "ERR_MODULE_NOT_FOUND") throw error;
  }
  throw standsAlone(`${tool} is not installed beside this geniectl`);
}

function standsAlone(message: string): BuildFailure {
  return new BuildFailure(message, { todo: "run npm install genie-cni, then npx geniectl build" });
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (findErrno(error) === "ENOENT" || findErrno(error) === "ENOTDIR") return false;
    throw error;
  }
}

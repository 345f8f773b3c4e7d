import path from "node:path";
import { readConfFolder } from "../conf-folder.ts";
import { type Finding, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

/** Runtimes take one file of their conf folder, the first by name. Source: libcni/conf.go, `ConfFiles`. */
export async function checkFirstFile({ configFile, folders }: Subject): Promise<readonly Finding[]> {
  if (configFile === undefined || path.resolve(path.dirname(configFile)) !== path.resolve(folders.confDir))
    return [];
  const [first] = (await readConfFolder(folders.confDir)).files.map(({ name }) => name).toSorted();
  if (first === undefined || first === path.basename(configFile)) return [];
  const detail = `runtimes take ${first}, the first file of ${folders.confDir}`;
  return [warning("configuration", { detail, todo: `give ${configFile} a name that sorts before it` })];
}

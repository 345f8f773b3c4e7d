import { stat } from "node:fs/promises";
import { unlessMissing } from "../../core/missing.ts";
import { type Finding, ok, problem, warning } from "./check.ts";
import type { InstalledPlugin } from "./installed-plugins.ts";
import type { Subject } from "./subject.ts";

const WRITABLE_BY_ANYONE = 0o002;

/** What in CNI_PATH is a plugin, and what each speaks. */
export async function checkPlugins({ path, pluginByName }: Subject): Promise<readonly Finding[]> {
  const unsafe = await findUnsafe(path);
  if (unsafe.length > 0) {
    const detail = `anyone may write to ${unsafe.join(", ")} and so choose what root runs; no plugin was asked`;
    return [problem("plugins", { detail, todo: "take others' right to write" })];
  }
  const plugins = [...(await pluginByName()).values()];
  if (plugins.length > 0) return plugins.map(toFinding);
  const detail = `no program in CNI_PATH (${path.join(":")})`;
  return [problem("plugins", { detail, todo: "install CNI plugins, or name their folder with --cni-path" })];
}

async function findUnsafe(folders: readonly string[]): Promise<readonly string[]> {
  const unsafe: string[] = [];
  for (const folder of folders) {
    const { mode = 0 } = (await unlessMissing(stat(folder))) ?? {};
    if ((mode & WRITABLE_BY_ANYONE) !== 0) unsafe.push(folder);
  }
  return unsafe;
}

function toFinding({ name, file, versions, build }: InstalledPlugin): Finding {
  const check = `plugin ${name}`;
  if (versions !== undefined) {
    const which = build === undefined ? file : `${file}, ${build}`;
    return ok(check, `${which}, speaks ${versions.join(", ")}`);
  }
  return warning(check, {
    detail: `${file} doesn't answer VERSION as a CNI plugin does`,
    todo: "reinstall it if it should be one",
  });
}

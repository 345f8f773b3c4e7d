import { readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { GENIE } from "../e2e/node.ts";
import { openPluginFolder, type PluginFolder } from "../plugins/scripted.ts";
import { ensureTools } from "../setup/tools.ts";

/** A folder of plugins as a runtime finds it: the reference plugins, and the built genie, whose calls are noted. */
export async function openRuntimePlugins(): Promise<PluginFolder> {
  const folder = await openPluginFolder();
  const [binDir] = folder.path;
  const { cniPluginDir } = await ensureTools();
  for (const name of await readdir(cniPluginDir)) {
    await symlink(path.join(cniPluginDir, name), path.join(binDir, name));
  }
  await folder.plugin("genie", `printf %s "$stdin" | GENIE_NODE='${process.execPath}' '${GENIE}'`);
  return folder;
}

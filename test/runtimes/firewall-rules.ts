import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { PluginFolder } from "../plugins/scripted.ts";
import { type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { ensureTools, ensureXtables } from "../setup/tools.ts";

const PROGRAMS = ["iptables", "ip6tables"] as const;

/** Makes reference plugins that run iptables find one, also where the system has none. Their calls are noted. */
export async function addIptables(plugins: PluginFolder, names: readonly string[]): Promise<void> {
  const [{ cniPluginDir }, xtables] = [await ensureTools(), await ensureXtables()];
  const folder = path.join(plugins.dir, "iptables");
  await mkdir(folder);
  for (const program of PROGRAMS) {
    const script = `#!/bin/sh\nexec '${xtables}' ${program} "$@"\n`;
    await writeFile(path.join(folder, program), script, { mode: 0o755 });
  }
  for (const name of names) {
    const run = `PATH='${folder}':"$PATH" '${path.join(cniPluginDir, name)}'`;
    await plugins.plugin(name, `printf %s "$stdin" | ${run}`);
  }
}

/** The rules of a node's tables `nat` and `filter`, as iptables writes them. */
export async function listRules(node: NetworkNamespace): Promise<readonly string[]> {
  const xtables = await ensureXtables();
  const rules: string[] = [];
  for (const table of ["nat", "filter"]) {
    const { exitCode, stdout, stderr } = await runIn(node, [xtables, "iptables", "-t", table, "-S"]);
    if (exitCode !== 0) throw new Error(stderr);
    rules.push(...stdout.split("\n"));
  }
  return rules;
}

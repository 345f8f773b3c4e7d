import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { DIST_DIR } from "../../../test/setup/build.ts";
import { geniectl } from "../geniectl.ts";
import { toPluginConfig, toReference, toSelection } from "../plugin-config.ts";
import { MODULES } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const COLUMNS = [
  { title: "module", width: 16 },
  { title: "kind", width: 8 },
  { title: "size", width: 7, align: "right" },
  { title: "digest", width: 20 },
  { title: "what it does", width: 40 },
] as const;

/** Takes the modules the whole way: registry, pin, store. */
export async function publishModules(stage: Stage): Promise<void> {
  const { page, registryHost, confDir, configFile } = stage;
  page.chapter("Four WebAssembly modules in a real OCI registry");
  page.titles(COLUMNS);
  const digestByModule = new Map<string, string>();
  for (const { name, kind, does } of MODULES) {
    const file = path.join(DIST_DIR, `modules/${name}.wasm`);
    const digest = await geniectl(["push", file, toReference(registryHost, name)]);
    digestByModule.set(name, digest);
    const size = `${((await stat(file)).size / 1024).toFixed(1)} KB`;
    page.row(COLUMNS, [name, kind, size, { text: toShortDigest(digest), style: "dim" }, does]);
  }
  page.gap();

  await writeFile(
    configFile,
    JSON.stringify(toPluginConfig(confDir, toSelection(registryHost)), undefined, 2),
  );
  await geniectl(["pin", "--config", configFile]);
  await geniectl(["pull", "--config", configFile]);
  const written = await readFile(configFile, "utf8");
  const inUse = MODULES.filter(({ name }) => written.includes(`/${name}`));
  const isPinned = inUse.every(({ name }) => written.includes(`/${name}@${digestByModule.get(name)}`));
  page.promise(
    `the node's configuration names ${inUse.length} of them by digest, not by tag`,
    isPinned,
    written,
  );
  page.say("They lie in the node's store: from here on, no pod waits for a registry.");
}

function toShortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { GENIE, makeNode, type TestNode } from "../e2e/node.ts";
import { openPluginFolder, type PluginFolder } from "../plugins/scripted.ts";
import { runIp } from "../setup/namespace.ts";
import { ensureTools } from "../setup/tools.ts";

/** A node with what a container runtime needs to find on it. */
export interface RuntimeNode extends AsyncDisposable {
  readonly node: TestNode;
  /** The reference plugins, and the built genie, whose calls are noted. */
  readonly plugins: PluginFolder;
  /** For the runtime's own files. */
  readonly dir: string;
}

export async function makeRuntimeNode(): Promise<RuntimeNode> {
  await using undo = new AsyncDisposableStack();
  const node = undo.use(await makeNode());
  // which its plugin would make and keep
  await runIp(["-n", node.namespace.name, "link", "add", "cni-blue", "type", "bridge"]);
  const plugins = undo.use(await openRuntimePlugins());
  const dir = await mkdtemp(path.join(tmpdir(), "genie-runtime-"));
  undo.defer(() => rm(dir, { recursive: true, force: true }));
  const kept = undo.move();
  return { node, plugins, dir, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function openRuntimePlugins(): Promise<PluginFolder> {
  const folder = await openPluginFolder();
  const [binDir] = folder.path;
  const { cniPluginDir } = await ensureTools();
  for (const name of await readdir(cniPluginDir)) {
    await symlink(path.join(cniPluginDir, name), path.join(binDir, name));
  }
  await folder.plugin("genie", `printf %s "$stdin" | GENIE_NODE='${process.execPath}' '${GENIE}'`);
  return folder;
}

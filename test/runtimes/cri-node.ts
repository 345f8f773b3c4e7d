import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { TestNode } from "../e2e/node.ts";
import type { PluginFolder } from "../plugins/scripted.ts";
import type { ContainerdPrograms } from "../setup/tools.ts";
import { type Containerd, startContainerd } from "./containerd.ts";
import { makeRuntimeNode } from "./runtime-node.ts";

/** A node whose pods come from containerd, which takes genie's conflist out of the node's conf folder. */
export interface CriNode extends AsyncDisposable {
  readonly node: TestNode;
  readonly containerd: Containerd;
  /** Where containerd finds the plugins; it notes how genie is called. */
  readonly plugins: PluginFolder;
}

/** All that containerd can hand over. */
const CAPABILITIES = {
  portMappings: true,
  bandwidth: true,
  dns: true,
  "io.kubernetes.cri.pod-annotations": true,
};

export interface CriNodeOptions {
  readonly programs: ContainerdPrograms;
  /** Of genie's conflist. */
  readonly cniVersion: string;
  /** Of genie's configuration. */
  readonly block?: object;
  /** Gets genie's conflist before containerd starts. */
  readonly prepare?: (file: string) => Promise<void>;
}

export async function makeCriNode(options: CriNodeOptions): Promise<CriNode> {
  const { programs, cniVersion, block, prepare } = options;
  await using undo = new AsyncDisposableStack();
  const { node, plugins, dir } = undo.use(await makeRuntimeNode());
  const { name, type, genie } = node.config(block);
  const list = { cniVersion, name, plugins: [{ type, genie, capabilities: CAPABILITIES }] };
  const file = path.join(node.confDir, "00-genie.conflist");
  await writeFile(file, JSON.stringify(list));
  await prepare?.(file);
  const { namespace, confDir } = node;
  const [binDir] = plugins.path;
  const containerd = undo.use(await startContainerd({ programs, dir, node: namespace, confDir, binDir }));
  const kept = undo.move();
  return { node, containerd, plugins, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

import { Failure } from "../errors.ts";
import type { AddPorts } from "../ports.ts";
import { parseNetwork } from "../spec/network.ts";
import { findOwnFile, listNetworks, type NodeNetworks, type Surroundings } from "./candidates.ts";
import { findNetwork, listUnusable } from "./find-network.ts";
import { findPrograms, planGenerated } from "./generated.ts";
import type { NamedNetwork } from "./required.ts";
import { requireUsable } from "./usable.ts";

export type ProvidePorts = Pick<AddPorts, "exec" | "confFolder" | "confMaker">;

interface NeededNetwork extends NamedNetwork {
  /** The admin named it, whose word takes no grant. */
  readonly isDefault?: boolean;
}

/**
 * The networks of the node with the one that is named: where no file has it, and it is the name of a plugin for which
 * genie has a default, a file is written for it, as CNI-Genie did. A file that is there is never written over.
 *
 * @throws {Failure} unknownNetwork when the node lacks what the default takes, or runtimes would take the file in
 * place of genie's own; deniedByRule when this pod may not use it; ioFailure when it can't be written.
 */
export async function provideNetwork(
  { from, network: plugin, isDefault = false }: NeededNetwork,
  around: Surroundings,
  ports: ProvidePorts,
): Promise<NodeNetworks> {
  const { node, config, path } = around;
  if (findNetwork(plugin, node) !== undefined) return node;
  if (listUnusable(plugin, node).length > 0) return node; // to be mended, and nothing to be put beside it
  if (plugin === "sriov") throw toUnguessable(from);
  const programs = findPrograms(plugin);
  if (programs === undefined) return node;
  for (const program of programs) {
    if (await ports.exec.has(program, path)) continue;
    throw new Failure("unknownNetwork", `${from}: no network is called ${plugin}`, {
      details: `genie could make one, but the plugin ${program} is not in CNI_PATH`,
    });
  }
  const routes = await ports.confMaker.hostRoutes();
  const folder = await ports.confFolder();
  const text = `${JSON.stringify(planGenerated({ from, plugin, folder, routes }), undefined, 2)}\n`;
  const file = `10-${plugin}.conf`;
  if (!isDefault) {
    const made = { file, network: parseNetwork(text) };
    requireUsable(made, { from }, around);
    around.requireLeft?.(made, from);
  }
  requireBehind(findOwnFile(folder, config), { from, file });
  await ports.confMaker.addFile(file, text);
  return listNetworks(await ports.confFolder(), config);
}

/** Else the next pods of this node would get this network without genie, whatever they and the admin say. */
function requireBehind(ours: string | undefined, { from, file }: { from: string; file: string }): void {
  if (ours === undefined || ours < file) return;
  throw new Failure("unknownNetwork", `${from}: ${file} would come before genie's own ${ours}`, {
    details: `runtimes take the first file of the folder: call genie's own 00-genie${ours.replace(/^[^.]*/, "")}`,
  });
}

/** CNI-Genie wrote one that could not work: for eth0, an IPAM plugin of its own, and somebody's subnet. */
function toUnguessable(from: string): Failure {
  return new Failure("unknownNetwork", `${from}: no network is called sriov`, {
    details: "the link and the addresses are the site's own, so genie makes none: write 10-sriov.conf",
  });
}

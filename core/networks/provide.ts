import { Failure } from "../errors.ts";
import type { AddPorts } from "../ports.ts";
import {
  findNetwork,
  listNetworks,
  type NodeNetworks,
  shortStem,
  stem,
  type Surroundings,
} from "./candidates.ts";
import { findPrograms, planGenerated } from "./generated.ts";
import type { NamedNetwork } from "./required.ts";

export type ProvidePorts = Pick<AddPorts, "exec" | "confFolder" | "confMaker">;

/**
 * The networks of the node with the one that is named: where no file has it, and it is the name of a plugin for which
 * genie has a default, a file is written for it, as CNI-Genie did. A file that is there is never written over.
 *
 * @throws {Failure} unknownNetwork when the node lacks what the default takes, ioFailure when it can't be written.
 */
export async function provideNetwork(
  { from, network: plugin }: NamedNetwork,
  { node, config, path }: Surroundings,
  ports: ProvidePorts,
): Promise<NodeNetworks> {
  if (findNetwork(plugin, node) !== undefined || isSkipped(plugin, node)) return node;
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
  const generated = planGenerated({ from, plugin, folder: await ports.confFolder(), routes });
  await ports.confMaker.addFile(`10-${plugin}.conf`, `${JSON.stringify(generated, undefined, 2)}\n`);
  return listNetworks(await ports.confFolder(), config);
}

/** A file has the name, but can't be used: that is to be mended, and nothing to be put beside it. */
function isSkipped(name: string, { skipped }: NodeNetworks): boolean {
  return skipped.some(({ file }) => [shortStem(file), stem(file)].includes(name));
}

/** CNI-Genie wrote one that could not work: for eth0, an IPAM plugin of its own, and somebody's subnet. */
function toUnguessable(from: string): Failure {
  return new Failure("unknownNetwork", `${from}: no network is called sriov`, {
    details: "the link and the addresses are the site's own, so genie makes none: write 10-sriov.conf",
  });
}

import type { NodeNetwork } from "../../core/networks/candidates.ts";
import { isJsonObject } from "../../core/spec/json.ts";
import type { PluginConfig } from "../../core/spec/network.ts";
import { findExecutable } from "../exec/find-plugin.ts";
import { type Finding, ok, problem, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

/** Which networks pods can get, which files are passed over, and whether the plugins are there that they need. */
export async function checkNetworks(subject: Subject): Promise<readonly Finding[]> {
  const { networks, skipped } = await subject.networks();
  const findings = await Promise.all(networks.map((one) => checkNetwork(one, subject)));
  const passedOver = skipped.map(({ file, reason }) =>
    warning(`network file ${file}`, { detail: `is passed over: ${reason}`, todo: "mend it or take it away" }),
  );
  if (networks.length > 0) return [...findings, ...passedOver];
  const detail = `${subject.folders.confDir} has no usable network`;
  return [problem("networks", { detail, todo: "put the configuration of a network there" }), ...passedOver];
}

async function checkNetwork({ network, file }: NodeNetwork, subject: Subject): Promise<Finding> {
  const { name, cniVersion, plugins } = network;
  const check = `network ${name}`;
  const types = listPluginTypes(plugins);
  const missing: string[] = [];
  const older: string[] = [];
  for (const type of types) {
    const versions = (await subject.pluginByName()).get(type)?.versions;
    if ((await findExecutable(type, subject.path)) === undefined) missing.push(type);
    else if (versions !== undefined && !versions.includes(cniVersion)) older.push(type);
  }
  if (missing.length > 0) {
    const detail = `${file} needs ${missing.join(", ")}, not found in CNI_PATH (${subject.path.join(":")})`;
    return problem(check, { detail, todo: "install what is missing, or name its folder with --cni-path" });
  }
  if (older.length > 0) {
    const detail = `${file} is of version ${cniVersion}, which ${older.join(", ")} doesn't speak`;
    return problem(check, { detail, todo: `update ${older.join(", ")}, or lower the file's cniVersion` });
  }
  return ok(check, `${file}, ${types.join(", ")} in version ${cniVersion}`);
}

/** Those of the chain, and those that they call for addresses. */
export function listPluginTypes(plugins: readonly PluginConfig[]): readonly string[] {
  const types = plugins.flatMap(({ type, config: { ipam } }) => {
    const { type: ipamType } = isJsonObject(ipam) ? ipam : {};
    return typeof ipamType === "string" && ipamType !== "" ? [type, ipamType] : [type];
  });
  return [...new Set(types)];
}

import { readdir } from "node:fs/promises";
import path from "node:path";
import { findPoolUse } from "../../core/kpi/address-pool.ts";
import type { Sample } from "../../core/kpi/names.ts";
import type { NodeNetwork } from "../../core/networks/candidates.ts";
import { unlessMissing } from "../../core/missing.ts";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";

/** Source: plugins/ipam/host-local/backend/disk, `defaultDataDir`. */
const DEFAULT_DATA_DIR = "/var/lib/cni/networks";

/**
 * Measures occupancy, free addresses and subnets of a network whose addresses host-local gives, from the files that
 * it keeps: one a used address, named by it. A network with another IPAM has no sample.
 */
export async function sampleHostLocal(
  { network }: NodeNetwork,
  takenAtMs: number,
): Promise<readonly Sample[]> {
  const ipam = network.plugins.map(({ config }) => config["ipam"]).find(isHostLocal);
  if (ipam === undefined) return [];
  const { dataDir: stated } = ipam;
  const dataDir = typeof stated === "string" && stated !== "" ? stated : DEFAULT_DATA_DIR;
  const used = await unlessMissing(readdir(path.join(dataDir, network.name)));
  const use = findPoolUse(ipam, used ?? []); // no store: no address was given yet
  if (use === undefined) return [];
  return [
    { network: network.name, kpi: "occupancy", value: use.occupancy, takenAtMs },
    { network: network.name, kpi: "free-addresses", value: use.freeAddresses, takenAtMs },
    { network: network.name, kpi: "subnets", value: use.subnets, takenAtMs },
  ];
}

function isHostLocal(ipam: unknown): ipam is JsonObject {
  return isJsonObject(ipam) && ipam["type"] === "host-local";
}

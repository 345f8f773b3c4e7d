import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseNetwork } from "../../core/spec/network.ts";
import { sampleHostLocal } from "./host-local.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "genie-probe-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const network = (name: string, ipam: unknown) => ({
  file: `10-${name}.conf`,
  network: parseNetwork(JSON.stringify({ name, plugins: [{ type: "tuning" }, { type: "bridge", ipam }] })),
});
const pool = (more: object = {}) => ({ type: "host-local", subnet: "10.0.0.0/29", dataDir, ...more });

async function give(name: string, ...addresses: string[]): Promise<void> {
  await mkdir(path.join(dataDir, name), { recursive: true });
  for (const address of addresses) await writeFile(path.join(dataDir, name, address), "c1\r\neth0");
}

test("reads the store of each network by its name", async () => {
  await give("blue", "10.0.0.2", "10.0.0.3", "last_reserved_ip.0", "lock");
  await give("red", "10.0.0.2");
  const samples = [
    ...(await sampleHostLocal(network("blue", pool()), 7)),
    ...(await sampleHostLocal(network("red", pool()), 7)),
  ];
  expect(samples).toEqual([
    { network: "blue", kpi: "occupancy", value: 0.4, takenAtMs: 7 },
    { network: "blue", kpi: "free-addresses", value: 3, takenAtMs: 7 },
    { network: "blue", kpi: "subnets", value: 1, takenAtMs: 7 },
    { network: "red", kpi: "occupancy", value: 0.2, takenAtMs: 7 },
    { network: "red", kpi: "free-addresses", value: 4, takenAtMs: 7 },
    { network: "red", kpi: "subnets", value: 1, takenAtMs: 7 },
  ]);
});

test("without a store nothing was given yet", async () => {
  const [occupancy] = await sampleHostLocal(network("blue", pool()), 7);
  expect(occupancy).toMatchObject({ kpi: "occupancy", value: 0 });
});

test.each([
  ["another IPAM", { type: "dhcp" }],
  ["none", undefined],
  ["no object", "host-local"],
  ["a list", ["host-local"]],
  ["a configuration that host-local refuses", { type: "host-local", subnet: "10.0.0.0/31" }],
])("a network with %s has no sample", async (_, ipam) => {
  expect(await sampleHostLocal(network("blue", ipam), 7)).toEqual([]);
});

test.each(["", null, 5])(
  "dataDir %j is host-local's default, never the folder that we are in",
  async (dir) => {
    const name = path.basename(dataDir); // no store of this machine is called so
    await give(name, "10.0.0.2");
    const before = process.cwd();
    process.chdir(dataDir);
    try {
      const [occupancy] = await sampleHostLocal(network(name, pool({ dataDir: dir })), 7);
      expect(occupancy).toMatchObject({ kpi: "occupancy", value: 0 });
    } finally {
      process.chdir(before);
    }
  },
);

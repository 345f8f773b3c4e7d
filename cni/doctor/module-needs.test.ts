import { mkdtempDisposable } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { listNetworks } from "../../core/networks/candidates.ts";
import { readMetadata } from "../../core/metadata/metadata.ts";
import { METADATA_SECTION } from "../../core/wasm/metadata-section.ts";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { checkModuleNeeds } from "./module-needs.ts";

const ipam = { type: "host-local", ranges: [[{ subnet: "10.0.0.0/29" }]] };
const files = [{ name: "10-blue.conf", text: JSON.stringify({ name: "blue", type: "bridge", ipam }) }];

interface Case {
  readonly component: Uint8Array;
  readonly networks?: object;
  readonly module?: object;
  /** Where it is named. */
  readonly as?: "scorers" | "selector";
  readonly cAdvisor_address?: string;
}

/** What is found on a node that has one network, blue, and this scorer in its store. */
async function examine(asked: Case) {
  const { component, networks = {}, module: more = {}, as = "scorers", cAdvisor_address } = asked;
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-needs-"));
  const artifact = planArtifact(component, { created: new Date(0) });
  const module = `registry.example/genie/near@${artifact.digest}`;
  await openStore(folder.path).put(artifact, parseReference(module));
  const genie = { networks, selection: { [as]: [{ module, ...more }] } };
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", cAdvisor_address, genie }));
  const { networks: found, skipped } = listNetworks({ files, pluginFilesByNetwork: new Map() }, config);
  const findings = await checkModuleNeeds({
    config,
    folders: { confDir: "", stateDir: "", moduleStore: folder.path },
    networks: async () => ({ networks: found, skipped }),
  });
  expect(findings.every(({ check, todo }) => check === `module ${module}` && todo !== "")).toBe(true);
  return findings.map(({ state, detail }) => `${state}: ${detail}`);
}

async function makeTelling(said: object): Promise<Uint8Array> {
  const { metadata, faults } = readMetadata(JSON.stringify(said));
  if (metadata === undefined) throw new Error(faults.join());
  return withMetadata(await makeComponent(SCORER), metadata);
}

test("a KPI that a module needs is told when no network of the node has it, measured or stated", async () => {
  const component = await makeTelling({
    kpis: { required: ["occupancy", "latency-ms"], optional: ["loss"] },
  });
  const lacking = ["warning: needs the KPI latency-ms, which no network has"];
  expect(await examine({ component })).toEqual(lacking);
  expect(await examine({ component, networks: { red: { kpis: { "latency-ms": 3 } } } })).toEqual(lacking);
  expect(await examine({ component, networks: { blue: { kpis: { "latency-ms": 3 } } } })).toEqual([]);
});

test("a KPI that cAdvisor tells of is one that a network has", async () => {
  const stats = [0, 1].map((second) => ({
    timestamp: `2026-01-01T00:00:0${second}Z`,
    network: { interfaces: [{ name: "blue0", rx_bytes: second, tx_bytes: 0 }] },
  }));
  const server = http.createServer((_, response) => response.end(JSON.stringify({ stats })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cAdvisor_address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const component = await makeTelling({ kpis: { required: ["received-mbps"] } });
  const lacking = ["warning: needs the KPI received-mbps, which no network has"];
  try {
    expect(await examine({ component })).toEqual(lacking);
    expect(await examine({ component, cAdvisor_address })).toEqual([]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(await examine({ component, cAdvisor_address })).toEqual(lacking);
});

test("settings that a module doesn't take are told; a problem where its failure fails the pod", async () => {
  const properties = { most: { type: "number" } };
  const component = await makeTelling({ settings: { type: "object", properties } });
  const settings = { most: "x" };
  const fault = "settings.most: must be a number";
  expect(await examine({ component, module: { settings } })).toEqual([`warning: ${fault}`]);
  expect(await examine({ component, module: { settings, onFailure: "fail" } })).toEqual([
    `problem: ${fault}`,
  ]);
  expect(await examine({ component, module: { settings: { most: 1 } } })).toEqual([]);
});

test("what a module says of itself that can't be used is told", async () => {
  const component = addNote(await makeComponent(SCORER), METADATA_SECTION);
  expect(await examine({ component })).toEqual([
    expect.stringMatching(/^warning: what it says of itself can't be used: is not JSON/),
  ]);
});

test("a module without metadata needs nothing", async () => {
  const component = await makeComponent(SCORER);
  expect(await examine({ component, module: { settings: { any: 1 } } })).toEqual([]);
});

test("a scorer that stands where the selector should is told; a problem where its failure fails the pod", async () => {
  const component = await makeComponent(SCORER);
  const fault = "is no selector: it doesn't export genie:selection/selecting@1.0";
  expect(await examine({ component, as: "selector" })).toEqual([`warning: ${fault}`]);
  expect(await examine({ component, as: "selector", module: { onFailure: "fail" } })).toEqual([
    `problem: ${fault}`,
  ]);
});

test("a module that reads whatever labels are granted is told of when none is", async () => {
  const component = await makeTelling({ labels: ["*"] });
  expect(await examine({ component })).toEqual([
    "warning: reads the pod's labels that are granted, and none is",
  ]);
  expect(await examine({ component, module: { labels: ["tier"] } })).toEqual([]);
  expect(await examine({ component: await makeTelling({ labels: ["tier"] }) })).toEqual([]);
});

import { expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { listNetworks } from "../../core/networks/candidates.ts";
import { checkDefaultNetworks } from "./default-networks.ts";

interface Case {
  readonly default_plugin?: string;
  readonly genie?: object;
}

async function look(given: Case) {
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", ...given }));
  const files = [
    { name: "10-blue.conf", text: '{"cniVersion":"1.0.0","name":"blue","type":"bridge"}' },
    { name: "20-torn.conf", text: "{" },
  ];
  const networks = listNetworks({ files, pluginFilesByNetwork: new Map() }, config);
  const findings = await checkDefaultNetworks({ config, networks: async () => networks });
  return findings.map(({ state, detail }) => [state, detail]);
}

test.each<[string, Case]>([
  ["none is named", {}],
  ["those that are named are there", { default_plugin: "blue@eth3", genie: { defaultNetworks: ["blue"] } }],
  ["genie makes it", { default_plugin: "macvlan" }],
])("all is well where %s", async (_, given) => expect(await look(given)).toEqual([]));

test("each that isn't there is a problem, named with its place", async () => {
  const given = { default_plugin: "blue,bleu", genie: { defaultNetworks: ["infra/logs", "torn"] } };
  expect(await look(given)).toEqual([
    ["problem", 'default_plugin, element 2: no network is called "bleu"'],
    ["problem", 'genie.defaultNetworks, element 1: no network is called "infra/logs"'],
    ["problem", 'genie.defaultNetworks, element 2: no network is called "torn"'],
  ]);
});

test("nothing is known of a configuration that nobody named", async () => {
  const networks = async () => ({ networks: [], skipped: [] });
  expect(await checkDefaultNetworks({ config: undefined, networks })).toEqual([]);
});

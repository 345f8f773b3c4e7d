/** Our conversions of results against those of the reference library. */
import { expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { convertResult } from "../../core/spec/result.ts";
import { CNI_VERSIONS, type CniVersion } from "../../core/spec/versions.ts";
import { askJudge } from "./drive.ts";

const eth0 = { name: "eth0", mac: "00:11:22:33:44:55", sandbox: "/run/netns/a" };
const ip4 = { address: "10.1.0.5/16", gateway: "10.1.0.1" };
const ip6 = { address: "fd00::5/64", gateway: "fd00::1" };
const newRoute = { mtu: 1400, advmss: 1300, priority: 5, table: 7, scope: 253 };

/** In 1.1.0; each has an address, as the reference refuses one without in 0.1.0 and 0.2.0. */
const RESULTS: readonly JsonObject[] = [
  { ips: [ip4] },
  { ips: [ip6] },
  { ips: [ip4, ip6] },
  { ips: [ip6, ip4] },
  { ips: [{ address: "10.1.0.5/16" }] },
  { interfaces: [eth0], ips: [{ ...ip4, interface: 0 }] },
  { interfaces: [{ name: "br0" }, eth0], ips: [{ ...ip6, interface: 1 }] },
  { interfaces: [{ ...eth0, mtu: 1400, socketPath: "/s", pciID: "0000:00:1f.6" }], ips: [ip4] },
  { ips: [ip4], routes: [{ dst: "0.0.0.0/0" }] },
  { ips: [ip4, ip6], routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0", gw: "fd00::1" }] },
  { ips: [ip4], routes: [{ dst: "10.0.0.0/8", gw: "10.1.0.1", ...newRoute }] },
  { ips: [ip4], dns: { nameservers: ["10.1.0.1"], domain: "a", search: ["b"], options: ["c"] } },
];

/** The reference leaves out what is empty where we write it. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, withoutEmpty(each)] as const);
  return Object.fromEntries(entries.filter(([, each]) => !isEmpty(each)));
}

function isEmpty(value: unknown): boolean {
  return (
    (Array.isArray(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0)
  );
}

async function expectSame(result: JsonObject, toVersion: CniVersion): Promise<JsonObject> {
  const said = await askJudge({ verb: "CONVERT", result, toVersion });
  expect(said.error, `${JSON.stringify(result)} to ${toVersion}`).toBeUndefined();
  expect(withoutEmpty(convertResult(result, toVersion))).toEqual(withoutEmpty(said.result));
  return said.result ?? {};
}

test.each(RESULTS.map((result) => [JSON.stringify(result), result] as const))("%s", async (_, result) => {
  for (const from of CNI_VERSIONS) {
    const there = await expectSame({ cniVersion: "1.1.0", ...result }, from);
    for (const to of CNI_VERSIONS) await expectSame(there, to);
  }
});

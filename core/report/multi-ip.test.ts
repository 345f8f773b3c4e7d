import { expect, test } from "vitest";
import type { Made } from "../delegate/attach-all.ts";
import { formatMultiIp } from "./multi-ip.ts";

const make = (...results: Made["result"][]) =>
  formatMultiIp(results.map((result, at) => ({ ...({} as Made), ifName: `eth${at}`, result })));
const ips = (...addresses: string[]) => ({
  cniVersion: "1.0.0",
  ips: addresses.map((address) => ({ address })),
});

test.each<[string, readonly Made["result"][], string]>([
  [
    "each network's first address, bare, under the interface that was asked for",
    [ips("10.244.0.5/24", "fd00::5/64"), ips("10.32.0.2/12")],
    '{"multi_entry":2,"ips":{"ip1":{"ip":"10.244.0.5","interface":"eth0"},"ip2":{"ip":"10.32.0.2","interface":"eth1"}}}',
  ],
  [
    "issue 166: a network without an address has no entry, and the others keep theirs",
    [ips("10.0.0.1/8"), ips(), ips("10.0.0.3/8")],
    '{"multi_entry":2,"ips":{"ip1":{"ip":"10.0.0.1","interface":"eth0"},"ip2":{"ip":"10.0.0.3","interface":"eth2"}}}',
  ],
  ["no address at all", [ips(), {}], '{"multi_entry":0,"ips":{}}'],
  [
    "an answer of CNI 0.2.0",
    [{ cniVersion: "0.2.0", ip4: { ip: "10.0.0.9/24" } }],
    '{"multi_entry":1,"ips":{"ip1":{"ip":"10.0.0.9","interface":"eth0"}}}',
  ],
])("%s", (_, results, text) => expect(make(...results)).toBe(text));

test("the keys come in the order in which Go sorts them", () => {
  const text = make(...Array.from({ length: 11 }, (_, at) => ips(`10.0.0.${at + 1}/24`)));
  expect([...text.matchAll(/"(ip\d+)":/g)].map(([, key]) => key)).toEqual([
    "ip1",
    "ip10",
    "ip11",
    "ip2",
    "ip3",
    "ip4",
    "ip5",
    "ip6",
    "ip7",
    "ip8",
    "ip9",
  ]);
});

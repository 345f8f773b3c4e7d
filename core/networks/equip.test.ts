import { expect, test } from "vitest";
import type { Asks } from "../intent/asks.ts";
import { parseNetwork } from "../spec/network.ts";
import type { NodeNetwork } from "./candidates.ts";
import { equip } from "./equip.ts";

const plugins = (asks: Asks | undefined, ...configs: object[]) => equipped({}, asks, ...configs);
const equipped = (one: Pick<NodeNetwork, "deviceId">, asks: Asks | undefined, ...configs: object[]) => {
  const network = parseNetwork(JSON.stringify({ cniVersion: "1.0.0", name: "a", plugins: configs }));
  return equip({ file: "", network, ...one }, asks).network.plugins.map(({ config }) => config);
};

test("NPWG 15: cni-args beat what the configuration says, in every plugin, and leave the rest", () => {
  const cniArgs = { b: 2, c: { d: 3 } };
  expect(
    plugins(
      { cniArgs },
      { type: "one", args: { cni: { a: 1, b: 1, c: { e: 1 } }, x: 1 }, y: 1 },
      { type: "two" },
    ),
  ).toEqual([
    { type: "one", args: { cni: { a: 1, b: 2, c: { d: 3 } }, x: 1 }, y: 1 },
    { type: "two", args: { cni: cniArgs } },
  ]);
});

test("NPWG 15: args that are none are replaced; keys stay keys", () => {
  const cniArgs = JSON.parse('{"__proto__":{"x":1}}');
  const [one, two] = plugins({ cniArgs }, { type: "one", args: [] }, { type: "two", args: { cni: "text" } });
  expect(JSON.stringify(one)).toBe('{"type":"one","args":{"cni":{"__proto__":{"x":1}}}}');
  expect(JSON.stringify(two)).toBe('{"type":"two","args":{"cni":{"__proto__":{"x":1}}}}');
});

test("NPWG 21: a device is named in every plugin, under both of its names", () => {
  const device = { deviceID: "0000:03:02.1", pciBusID: "0000:03:02.1" };
  expect(equipped({ deviceId: "0000:03:02.1" }, {}, { type: "one" }, { type: "two", pciBusID: "x" })).toEqual(
    [
      { type: "one", ...device },
      { type: "two", ...device },
    ],
  );
});

test("what nobody asks for changes nothing", () => {
  for (const asks of [undefined, {}, { ips: ["10.0.0.1"] }]) {
    expect(plugins(asks, { type: "one" })).toEqual([{ type: "one" }]);
  }
});

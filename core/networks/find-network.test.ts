import { describe, expect, test } from "vitest";
import { listNetworks } from "./candidates.ts";
import { findNetwork, listMatches } from "./find-network.ts";

const conf = (name: string) => JSON.stringify({ cniVersion: "1.0.0", name, type: "bridge" });

function list(files: Record<string, string>) {
  const folder = {
    files: Object.entries(files).map(([name, text]) => ({ name, text })),
    pluginFilesByNetwork: new Map(),
  };
  return listNetworks(folder, { type: "genie" });
}

test("where several networks match a wish, all are listed and the first is found", () => {
  const files = {
    "20-blue.conflist": conf("net-2"),
    "10-blue.conf": conf("net-1"),
    "30-red.conf": conf("blue"),
  };
  const node = list({ ...files, "10-blue.json": conf("net-3") });
  const matches = (wish: string) => listMatches(wish, node).map(({ network }) => network.name);
  expect(matches("blue")).toEqual(["net-1", "net-3", "net-2"]);
  expect(findNetwork("blue", node)?.network.name).toBe("net-1");
  expect(matches("10-blue")).toEqual(["net-1", "net-3"]);
  expect(matches("net-2")).toEqual(["net-2"]);
  expect(matches("green")).toEqual([]);
});

describe("how a network is found", () => {
  const node = list({
    "10-blue.conflist": conf("net-1"),
    "20-a-b.conf": conf("blue"),
    "30-blue.conf": conf("net-3"),
    "plain.conf": conf("net-4"),
    "constructor.json": conf("toString"),
  });
  test.each([
    ["blue", "net-1"],
    ["net-1", "net-1"],
    ["net-3", "net-3"],
    ["a-b", "blue"],
    ["20-a-b", "blue"],
    ["30-blue", "net-3"],
    ["plain", "net-4"],
    ["toString", "toString"],
    ["10-blue.conflist", undefined],
    ["BLUE", undefined],
    ["", undefined],
    ["__proto__", undefined],
  ])("%j means %s", (wish, name) => expect(findNetwork(wish, node)?.network.name).toBe(name));
});

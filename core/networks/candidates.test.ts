import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { listNetworks } from "./candidates.ts";
import { listMatches } from "./find-network.ts";

const config = (type = "genie") => parseConfig(JSON.stringify({ name: "genie", type }));
const conf = (name: string, type = "bridge") => JSON.stringify({ cniVersion: "1.0.0", name, type });
const toFiles = (files: Record<string, string>) =>
  Object.entries(files).map(([name, text]) => ({ name, text }));
const list = (files: Record<string, string>, type?: string) =>
  listNetworks({ files: toFiles(files), pluginFilesByNetwork: new Map() }, config(type));
const names = ({ networks }: ReturnType<typeof list>) => networks.map(({ network }) => network.name);

test("networks come in the order of the file names, however they are listed", () => {
  expect(names(list({ "20-b.conf": conf("b"), "10-c.conf": conf("c"), "30-a.conf": conf("a") }))).toEqual([
    "c",
    "b",
    "a",
  ]);
});

describe("genie's own configuration is never a candidate", () => {
  const chained = JSON.stringify({ name: "x", plugins: [{ type: "bridge" }, { type: "genie" }] });
  test.each([
    ["as a conf", conf("x", "genie"), "genie"],
    ["anywhere in a list", chained, "genie"],
    ["under another name of the binary", conf("x", "genie-2"), "genie-2"],
    ["as genie, when the caller has another name", conf("x", "genie"), "genie-2"],
    ["as the program is called", conf("x", "genie-standalone"), "genie"],
    ["under our own network's name", conf("genie", "genie"), "genie"],
  ])("%s", (_, text, type) => {
    const { networks, skipped } = list({ "10-x.conf": text }, type);
    expect(networks).toEqual([]);
    expect(skipped).toEqual([]);
  });
});

test("another plugin's network may have our own name: CNI-Genie's samples and calico's both say k8s-pod-network", () => {
  const { networks, skipped } = list({ "10-x.conf": conf("genie"), "20-y.conf": conf("blue") });
  expect(networks.map(({ network }) => network.name)).toEqual(["genie", "blue"]);
  expect(skipped).toEqual([]);
});

describe("plugins that lie in a network's folder", () => {
  const withFolder = (text: string, plugins: Record<string, string>) =>
    listNetworks(
      { files: toFiles({ "1.conflist": text }), pluginFilesByNetwork: new Map([["blue", toFiles(plugins)]]) },
      config(),
    );
  const blue = JSON.stringify({ cniVersion: "1.1.0", name: "blue", plugins: [{ type: "bridge" }] });

  test("complete its list", () => {
    const { networks } = withFolder(blue, { "1.conf": '{"type":"tuning"}' });
    expect(networks[0]?.network.plugins.map(({ type }) => type)).toEqual(["bridge", "tuning"]);
  });

  test("make it useless when they can't be used", () => {
    expect(withFolder(blue, { "1.conf": "" })).toEqual({
      networks: [],
      skipped: [{ file: "1.conflist", reason: "plugin file blue/1.conf: not a JSON object" }],
    });
  });

  test("may not lead back to genie", () => {
    expect(withFolder(blue, { "1.conf": '{"type":"genie"}' })).toEqual({ networks: [], skipped: [] });
  });
});

test("a bad file is passed over with the reason and stops none of the others", () => {
  const { networks, skipped } = list({
    "10-torn.conf": '{"name":"torn"',
    "20-nameless.conf": '{"type":"bridge"}',
    "30-empty.conf": "",
    "40-good.conf": conf("good"),
    "50-bad.conflist": '{"name":"bad","plugins":[{"type":"../x"}]}',
  });
  expect(networks.map(({ file }) => file)).toEqual(["40-good.conf"]);
  expect(skipped.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
    "10-torn.conf: not a JSON object",
    "20-nameless.conf: name is missing or malformed",
    "30-empty.conf: not a JSON object",
    "50-bad.conflist: plugins[0].type is missing or malformed",
  ]);
});

test("of two files with one name the first counts, and the other one is found by the name of its file alone", () => {
  const node = list({
    "20-b.conf": conf("blue", "macvlan"),
    "10-a.conf": conf("blue"),
    "30-b.conf": conf("c"),
  });
  expect(node.networks.map(({ file }) => file)).toEqual(["10-a.conf", "30-b.conf"]);
  expect(node.skipped).toEqual([
    {
      file: "20-b.conf",
      reason: "network blue is described by 10-a.conf already: only the name of the file leads to this one",
    },
  ]);
  const matches = (wish: string) => listMatches(wish, node).map(({ file }) => file);
  expect(matches("blue")).toEqual(["10-a.conf"]);
  expect(matches("b")).toEqual(["20-b.conf", "30-b.conf"]);
  expect(matches("20-b")).toEqual(["20-b.conf"]);
});

test("networks of other specifications are passed over with the reason", () => {
  const future = JSON.stringify({ cniVersion: "9.9.9", name: "future", type: "bridge" });
  expect(list({ "10-future.conf": future })).toEqual({
    networks: [],
    skipped: [{ file: "10-future.conf", reason: 'cniVersion "9.9.9" is not served' }],
  });
});

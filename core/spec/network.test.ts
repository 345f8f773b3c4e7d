import { describe, expect, test } from "vitest";
import { parseNetwork } from "./network.ts";

const list = { cniVersion: "1.0.0", name: "blue", plugins: [{ type: "bridge" }, { type: "portmap" }] };

test("a list keeps the order of its plugins, and each as it was written", () => {
  expect(parseNetwork(JSON.stringify(list))).toEqual({
    name: "blue",
    cniVersion: "1.0.0",
    disableCheck: false,
    disableGC: false,
    plugins: [
      { type: "bridge", config: { type: "bridge" } },
      { type: "portmap", config: { type: "portmap" } },
    ],
  });
});

test("a single conf is a list of one", () => {
  const conf = { cniVersion: "0.4.0", name: "blue", type: "bridge", mtu: 1400 };
  expect(parseNetwork(JSON.stringify(conf))).toEqual({
    name: "blue",
    cniVersion: "0.4.0",
    disableCheck: false,
    disableGC: false,
    plugins: [{ type: "bridge", config: conf }],
  });
});

test("without cniVersion, CNI-Genie's 0.3.0 is spoken", () => {
  expect(parseNetwork('{"name":"blue","type":"bridge"}').cniVersion).toBe("0.3.0");
  expect(parseNetwork('{"cniVersion":"","name":"blue","type":"bridge"}').cniVersion).toBe("0.3.0");
});

test.each([
  [{ cniVersion: "0.4.0", cniVersions: ["1.1.0", "1.0.0"] }, "1.1.0"],
  [{ cniVersion: "1.1.0", cniVersions: ["0.3.1"] }, "1.1.0"],
  [{ cniVersion: undefined, cniVersions: ["0.3.1", "0.4.0"] }, "0.4.0"],
  [{ cniVersion: "9.9.9", cniVersions: ["1.0.0", "2.0.0"] }, "1.0.0"],
  [{ cniVersion: "0.4.0", cniVersions: ["9.9.9", "nonsense"] }, "0.4.0"],
  [{ cniVersion: "0.4.0", cniVersions: [] }, "0.4.0"],
])("%j is spoken to in %s", (versions, spoken) => {
  expect(parseNetwork(JSON.stringify({ ...list, ...versions })).cniVersion).toBe(spoken);
});

test.each([
  [{ cniVersion: "9.9.9" }, '"9.9.9"'],
  [{ cniVersion: "1.0" }, '"1.0"'],
  [{ cniVersion: "9.9.9", cniVersions: ["8.0.0"] }, '"9.9.9", "8.0.0"'],
  [{ cniVersion: "x".repeat(10_000) }, `"${"x".repeat(127)}`],
])("%j is not served", (versions, named) => {
  expect(() => parseNetwork(JSON.stringify({ ...list, ...versions }))).toThrow(
    expect.objectContaining({ kind: "incompatibleVersion", message: `cniVersion ${named} is not served` }),
  );
});

test.each([
  [{}, false],
  [{ disableCheck: true }, true],
  [{ disableCheck: false }, false],
  [{ disableCheck: "true" }, true],
  [{ disableCheck: "TRUE" }, true],
  [{ disableCheck: "False" }, false],
])("%j", (flag, disabled) => {
  expect(parseNetwork(JSON.stringify({ ...list, ...flag })).disableCheck).toBe(disabled);
  const gc = JSON.parse(JSON.stringify(flag).replace("Check", "GC")) as object;
  expect(parseNetwork(JSON.stringify({ ...list, ...gc })).disableGC).toBe(disabled);
});

describe("plugins that lie in the network's folder", () => {
  const files = [
    { name: "10-a.conf", text: '{"type":"tuning","a":1}' },
    { name: "20-b.conf", text: '{"type":"sbr"}' },
  ];
  const types = (change: object) => {
    const text = JSON.stringify({ ...list, ...change });
    return parseNetwork(text, new Map([["blue", files]])).plugins.map(({ type }) => type);
  };

  test.each([
    ["are appended", {}, ["bridge", "portmap", "tuning", "sbr"]],
    ["may be the whole chain", { plugins: undefined }, ["tuning", "sbr"]],
    ["are not looked at", { loadOnlyInlinedPlugins: true }, ["bridge", "portmap"]],
    ["are not looked at, said as a text", { loadOnlyInlinedPlugins: "True" }, ["bridge", "portmap"]],
    ["are another network's", { name: "red" }, ["bridge", "portmap"]],
    ["are nothing to a single conf", { plugins: undefined, type: "ptp" }, ["ptp"]],
  ])("%s", (_, change, chain) => expect(types(change)).toEqual(chain));

  test("are kept as they were written", () => {
    const { plugins } = parseNetwork(JSON.stringify(list), new Map([["blue", files]]));
    expect(plugins[2]).toEqual({ type: "tuning", config: { type: "tuning", a: 1 } });
  });

  test.each([
    ["", "plugin file blue/1.conf: not a JSON object"],
    ["[]", "plugin file blue/1.conf: not a JSON object"],
    ["{}", "plugin file blue/1.conf: type is missing or malformed"],
    ['{"type":"../sh"}', "plugin file blue/1.conf: type is missing or malformed"],
  ])("are named when they are %j", (text, message) => {
    const bad = new Map([["blue", [...files, { name: "1.conf", text }]]]);
    expect(() => parseNetwork(JSON.stringify(list), bad)).toThrow(
      expect.objectContaining({ kind: "invalidConfig", message }),
    );
    const inlined = JSON.stringify({ ...list, loadOnlyInlinedPlugins: true });
    expect(parseNetwork(inlined, bad).plugins).toHaveLength(2);
  });
});

test.each(["", "[]", "null", "not json", '{"name":"a",}'])("%j is no object", (text) => {
  expect(() => parseNetwork(text)).toThrow(expect.objectContaining({ kind: "decodingFailure" }));
});

describe("a wrong field is named", () => {
  test.each([
    ["name", { name: undefined }],
    ["name", { name: 5 }],
    ["name", { name: "" }],
    ["name", { name: "../blue" }],
    ["name", { name: "__proto__" }],
    ["name", { name: "blue\n" }],
    ["name", { name: "x".repeat(254) }],
    ["cniVersion", { cniVersion: 1 }],
    ["cniVersion", { cniVersion: null }],
    ["cniVersions", { cniVersions: "1.0.0" }],
    ["cniVersions", { cniVersions: null }],
    ["cniVersions[1]", { cniVersions: ["1.0.0", 1] }],
    ["disableCheck", { disableCheck: 1 }],
    ["disableCheck", { disableCheck: null }],
    ["disableGC", { disableGC: "yes" }],
    ["loadOnlyInlinedPlugins", { loadOnlyInlinedPlugins: "" }],
    ["plugins", { plugins: undefined }],
    ["plugins", { plugins: undefined, loadOnlyInlinedPlugins: true }],
    ["type", { plugins: undefined, type: 5 }],
    ["plugins", { plugins: [] }],
    ["plugins", { plugins: null }],
    ["plugins", { plugins: { type: "bridge" } }],
    ["plugins[1].type", { plugins: [{ type: "bridge" }, {}] }],
    ["plugins[0].type", { plugins: ["bridge"] }],
    ["plugins[0].type", { plugins: [null] }],
    ["plugins[0].type", { plugins: [{ type: ["bridge"] }] }],
    ["plugins[0].type", { plugins: [{ type: "/bin/sh" }] }],
    ["plugins[0].type", { plugins: [{ type: "../sh" }] }],
    ["plugins[0].type", { plugins: [{ type: ".." }] }],
    ["plugins[0].type", { plugins: [{ type: "." }] }],
    ["plugins[0].type", { plugins: [{ type: "" }] }],
    ["plugins[0].type", { plugins: [{ type: "a\0b" }] }],
  ])("%s in %j", (field, change) => {
    expect(() => parseNetwork(JSON.stringify({ ...list, ...change }))).toThrow(
      expect.objectContaining({ kind: "invalidConfig", message: expect.stringContaining(field) }),
    );
  });
});

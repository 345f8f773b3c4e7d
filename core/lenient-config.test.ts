/** What is read of a configuration that may be wrong elsewhere. */
import { describe, expect, test } from "vitest";
import { parseFolders, parseLenientConfig, parsePolicySource } from "./config.ts";

const smallest = { cniVersion: "1.0.0", name: "genie", type: "genie" };

describe("DEL reads where things are and stumbles over nothing else", () => {
  const [stateDir, confDir] = ["/var/lib/genie", "/etc/cni/net.d"];
  test.each<[object, object]>([
    [{}, { stateDir, confDir }],
    [{ genie: { stateDir: "/state", confDir: "/conf" } }, { stateDir: "/state", confDir: "/conf" }],
    [
      { genie: { stateDir: "/state", confdir: 7 }, name: 5, cniVersion: "9.9.9" },
      { stateDir: "/state", confDir },
    ],
    [{ genie: { stateDir: "/state", confDir: "conf" } }, { stateDir: "/state", confDir }],
    [{ genie: { confDir: ["/conf"] } }, { stateDir, confDir }],
    [{ genie: "nonsense" }, { stateDir, confDir }],
    [{ genie: null }, { stateDir, confDir }],
  ])("%j", (config, folders) => expect(parseFolders(JSON.stringify(config))).toEqual(folders));

  test.each([{ genie: { stateDir: 7 } }, { genie: { stateDir: "state" } }])("but not over %j", (config) => {
    expect(() => parseFolders(JSON.stringify(config))).toThrow("genie.stateDir: ");
  });

  test("nor over what is no JSON object", () => {
    expect(() => parseFolders("[]")).toThrow("not a JSON object");
  });
});

describe("GC reads what it needs and stumbles over nothing else", () => {
  const folders = { confDir: "/conf", stateDir: "/state" };
  test.each([
    {},
    { genie: { ...folders, confdir: 7, selection: { scorers: [{ module: "r/a:latest" }] }, networks: [] } },
    { runtimeConfig: "x", args: [], kubernetes: "yes", prevResult: 7, default_plugin: ["blue"] },
  ])("%j", (more) => {
    const read = parseLenientConfig(
      JSON.stringify({ ...smallest, genie: folders, disableGC: true, ...more }),
    );
    expect(read).toMatchObject({ ...smallest, disableGC: true, genie: folders });
  });

  test.each<[string, object]>([
    ["name", { name: "a/b" }],
    ["genie.confDir", { genie: { confDir: "conf" } }],
    ["genie.stateDir", { genie: { stateDir: 7 } }],
  ])("but not over %s in %j", (field, more) => {
    expect(() => parseLenientConfig(JSON.stringify({ ...smallest, ...more }))).toThrow(`${field}: `);
  });
});

test("whether policies count is read whatever else is wrong", () => {
  const read = (more: object) => parsePolicySource(JSON.stringify({ type: "genie", ...more }));
  expect(read({})).toMatchObject({ genie: { policySource: "file", overridable: true } });
  const selection = { scorers: [{ module: "r/a:latest" }] };
  expect(read({ genie: { policySource: "cluster", overridable: false, selection } })).toMatchObject({
    genie: { policySource: "cluster", overridable: false },
  });
  expect(() => read({ genie: { policySource: "clutser" } })).toThrow("genie.policySource: ");
});

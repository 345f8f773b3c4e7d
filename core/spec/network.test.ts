import { describe, expect, test } from "vitest";
import { parseNetwork } from "./network.ts";

const list = { cniVersion: "1.0.0", name: "blue", plugins: [{ type: "bridge" }, { type: "portmap" }] };

test("a list keeps the order of its plugins, and each as it was written", () => {
  expect(parseNetwork(JSON.stringify(list))).toEqual({
    name: "blue",
    cniVersion: "1.0.0",
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
    plugins: [{ type: "bridge", config: conf }],
  });
});

test("without cniVersion, CNI-Genie's 0.3.0 is spoken", () => {
  expect(parseNetwork('{"name":"blue","type":"bridge"}').cniVersion).toBe("0.3.0");
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
    ["name", { name: "x".repeat(129) }],
    ["cniVersion", { cniVersion: 1 }],
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

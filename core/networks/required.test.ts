import { describe, expect, test } from "vitest";
import { listNetworks } from "./candidates.ts";
import { requireNetwork } from "./required.ts";

const conf = (name: string) => JSON.stringify({ cniVersion: "1.0.0", name, type: "bridge" });
const list = (files: Readonly<Record<string, string>>) =>
  listNetworks(
    {
      files: Object.entries(files).map(([name, text]) => ({ name, text })),
      pluginFilesByNetwork: new Map(),
    },
    { type: "genie" },
  );
const node = list({
  "10-blue.conf": conf("net-1"),
  "20-weave.conflist": "{",
  "30-twin.conf": conf("net-1"),
  "40-constructor.json": conf("toString"),
});
const look = (network: string, networks = node) => requireNetwork({ from: "here", network }, networks);

test("the network that the name means is found", () => {
  expect(look("blue").network.name).toBe("net-1");
  expect(look("30-twin").file).toBe("30-twin.conf");
});

describe("a name that no network has is answered", () => {
  const known = "networks of this node: net-1, toString";
  test.each([
    ["with what the node has", "green", known],
    ["with the nearest of all names", "bleu", `did you mean "blue"?; ${known}`],
    ["with the nearest by its name in the file", "net1", `did you mean "net-1"?; ${known}`],
    [
      "with why its file can't be used",
      "weave",
      `20-weave.conflist can't be used: not a JSON object; ${known}`,
    ],
    ["without a guess that is far off", "b", known],
    ["though every object has such a thing", "__proto__", known],
  ])("%s", (_, name, details) => {
    const message = `here: no network is called "${name}"`;
    expect(() => look(name)).toThrow(expect.objectContaining({ kind: "unknownNetwork", message, details }));
  });

  test("with text that steers no terminal and has an end", () => {
    expect(() => look("a\u202eb\u200b")).toThrow('"a\\u202eb\\u200b"');
    expect(() => look("x".repeat(1_000_000))).toThrow(/^.{0,200}$/);
    expect(() => look("x", list({}))).toThrow(
      expect.objectContaining({ details: "networks of this node: none" }),
    );
  });
});

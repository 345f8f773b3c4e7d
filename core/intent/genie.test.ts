import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { readGenieIntent } from "./genie.ts";

const module = `r/a@sha256:${"a".repeat(64)}`;
const scorer = { genie: { selection: { scorers: [{ module }] } } };
const shadow = { genie: { selection: { scorers: [{ module, mode: "shadow" }] } } };
const selector = { genie: { selection: { selector: { module } } } };
const read = (cni: string | undefined, more: object = {}) =>
  readGenieIntent(
    new Map(cni === undefined ? [] : [["cni", cni]]),
    parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more })),
  );
const targets = (cni: string | undefined, more?: object) =>
  read(cni, more).wishes.map(({ target }) => target);

const any = { wants: "any", count: 1 };
const asked = { ...any, isNoted: true };
const unasked = { ...any, isDefault: true };
const byDefault = { wants: "default", network: "red" };

test.each<[string | undefined, object, object]>([
  ["blue", {}, { wants: "named", network: "blue" }],
  [" blue\r\n", { default_plugin: "red" }, { wants: "named", network: "blue" }],
  ["", { default_plugin: "red" }, asked],
  ["  ", {}, asked],
  [undefined, { default_plugin: "red" }, byDefault],
  [undefined, { default_plugin: " red ", ...scorer }, byDefault],
  [undefined, { default_plugin: "" }, { wants: "first" }],
  [undefined, { default_plugin: "  " }, { wants: "first" }],
  [undefined, scorer, unasked],
  [undefined, selector, unasked],
  [undefined, shadow, { wants: "first" }],
  [undefined, {}, { wants: "first" }],
])("cni: %j with %j", (cni, config, target) => expect(targets(cni, config)).toEqual([target]));

describe("networks", () => {
  const readBoth = (annotations: Record<string, string>) =>
    readGenieIntent(
      new Map(Object.entries(annotations)),
      parseConfig('{"name":"genie","type":"genie","default_plugin":"red"}'),
    );
  const logical = (name: string) => ({ wants: "logical", name });

  test.each<[Record<string, string>, object[]]>([
    [{ cni: "", networks: "net1@eth0,net2@eth4" }, [logical("net1"), logical("net2")]],
    [{ cni: " ", networks: " net1 " }, [logical("net1")]],
    [{ networks: "net1, net1" }, [logical("net1"), logical("net1")]],
    [{ cni: "blue", networks: "net1" }, [{ wants: "named", network: "blue" }]],
    [{ cni: "", networks: " " }, [asked]],
    [{ networks: "" }, [byDefault]],
    [{ other: "net1" }, [byDefault]],
  ])("%j", (annotations, wanted) => {
    const { wishes, naming } = readBoth(annotations);
    expect(wishes.map(({ target }) => target)).toEqual(wanted);
    expect(naming).toBe("eth");
  });

  test("names interfaces as cni does", () => {
    const { wishes } = readBoth({ networks: "net1@eth0,net2@eth4,net3" });
    expect(wishes.map(({ from, ifName }) => [from, ifName])).toEqual([
      ['annotation "networks", element 1', "eth0"],
      ['annotation "networks", element 2', "eth4"],
      ['annotation "networks", element 3', undefined],
    ]);
  });

  test.each([
    ["net1,", 'annotation "networks", element 2: the network\'s name is missing'],
    ["net1,shop/net2", 'annotation "networks", element 2: "shop/net2" is no name of an object'],
    ["__proto__", 'annotation "networks", element 1: "__proto__" is no name of an object'],
    ["..", 'annotation "networks", element 1: ".." is no name of an object'],
    ["net\u200b1", 'annotation "networks", element 1: "net\\u200b1" is no name of an object'],
    ["ｎet1", 'annotation "networks", element 1: "ｎet1" is no name of an object'],
    ["n".repeat(1_000_000), `annotation "networks", element 1: "${"n".repeat(64)}" is no name of an object`],
  ])("%.40j is refused, with its place", (networks, message) => {
    expect(() => readBoth({ networks })).toThrow(expect.objectContaining({ kind: "invalidConfig", message }));
  });
});

describe("a list", () => {
  test.each([
    ["flannel,weave@eth4,flannel@eth5, flannel", ["flannel", "weave@eth4", "flannel@eth5", "flannel"]],
    [" a @ net7 ,\tb", ["a@net7", "b"]],
    ["weave@a@b", ["weave@a"]],
    ["weave@", ["weave"]],
  ])("%j names networks and interfaces", (text, said) => {
    const listed = (wishes: ReturnType<typeof read>["wishes"]) =>
      wishes.map(
        ({ target, ifName }) =>
          ("network" in target ? target.network : "") + (ifName === undefined ? "" : `@${ifName}`),
      );
    expect(listed(read(text).wishes)).toEqual(said);
    expect(listed(read(undefined, { default_plugin: text }).wishes)).toEqual(said);
  });

  test("tells where each element stands", () => {
    expect(read("a,b").wishes.map(({ from }) => from)).toEqual([
      'annotation "cni", element 1',
      'annotation "cni", element 2',
    ]);
    expect(read("a").wishes.map(({ from }) => from)).toEqual(['annotation "cni", element 1']);
  });

  test.each([
    ["weave,", 'annotation "cni", element 2: the network\'s name is missing'],
    ["@eth1", 'annotation "cni", element 1: the network\'s name is missing'],
    ["a,b@eth/1", 'annotation "cni", element 2: "eth/1" is no interface name'],
    ["a@0123456789abcdef", 'annotation "cni", element 1: "0123456789abcdef" is no interface name'],
    ["a,b@\u202eeth1", 'annotation "cni", element 2: "\\u202eeth1" is no interface name'],
    ["a@lo", 'annotation "cni", element 1: "lo" is no interface name'],
    ["a@eth%d", 'annotation "cni", element 1: "eth%d" is no interface name'],
    ["a@ｅth1", 'annotation "cni", element 1: "ｅth1" is no interface name'],
    ["a,".repeat(100_000), 'annotation "cni": names more than 64 networks'],
    [`a@${"x".repeat(100_000)}`, `annotation "cni", element 1: "${"x".repeat(64)}" is no interface name`],
  ])("%.40j is refused, with its place", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ kind: "invalidConfig", message }));
  });
});

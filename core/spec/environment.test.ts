import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseInvocation, toArgMap } from "./environment.ts";

const complete = {
  CNI_COMMAND: "ADD",
  CNI_CONTAINERID: "c1",
  CNI_NETNS: "/run/netns/a",
  CNI_IFNAME: "eth0",
  CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAME=web",
  CNI_PATH: "/opt/cni/bin:/usr/lib/cni",
};

test("reads a complete ADD", () => {
  expect(parseInvocation(complete)).toEqual({
    verb: "ADD",
    containerId: "c1",
    netns: "/run/netns/a",
    ifName: "eth0",
    args: "IgnoreUnknown=1;K8S_POD_NAME=web",
    path: ["/opt/cni/bin", "/usr/lib/cni"],
  });
});

describe("who requires what", () => {
  test.each([
    ["ADD", "CNI_CONTAINERID", true],
    ["ADD", "CNI_NETNS", true],
    ["ADD", "CNI_IFNAME", true],
    ["ADD", "CNI_PATH", true],
    ["ADD", "CNI_ARGS", false],
    ["DEL", "CNI_CONTAINERID", true],
    ["DEL", "CNI_NETNS", false],
    ["DEL", "CNI_IFNAME", true],
    ["DEL", "CNI_PATH", true],
    ["CHECK", "CNI_CONTAINERID", true],
    ["CHECK", "CNI_NETNS", true],
    ["CHECK", "CNI_IFNAME", true],
    ["CHECK", "CNI_PATH", true],
    ["GC", "CNI_CONTAINERID", false],
    ["GC", "CNI_NETNS", false],
    ["GC", "CNI_IFNAME", false],
    ["GC", "CNI_PATH", true],
    ["STATUS", "CNI_CONTAINERID", false],
    ["STATUS", "CNI_NETNS", false],
    ["STATUS", "CNI_IFNAME", false],
    ["STATUS", "CNI_PATH", true],
    ["VERSION", "CNI_CONTAINERID", false],
    ["VERSION", "CNI_PATH", false],
  ])("%s without %s fails: %s", (verb, name, fails) => {
    for (const gone of [undefined, ""]) {
      const read = () => parseInvocation({ ...complete, CNI_COMMAND: verb, [name]: gone });
      if (!fails) expect(read().verb).toBe(verb);
      else {
        expect(read).toThrow(
          expect.objectContaining({
            kind: "invalidEnvironment",
            message: `bad CNI environment for ${verb}: ${name} is missing`,
          }),
        );
      }
    }
  });
});

test.each([
  ["CNI_CONTAINERID", "../../etc/passwd"],
  ["CNI_CONTAINERID", ".hidden"],
  ["CNI_CONTAINERID", "a/b"],
  ["CNI_CONTAINERID", "a b"],
  ["CNI_CONTAINERID", "c1\n"],
  ["CNI_CONTAINERID", "ä"],
  ["CNI_CONTAINERID", "x".repeat(201)],
  ["CNI_NETNS", "run/netns/a"],
  ["CNI_NETNS", "/run/netns/a\nb"],
  ["CNI_IFNAME", "."],
  ["CNI_IFNAME", ".."],
  ["CNI_IFNAME", "a/b"],
  ["CNI_IFNAME", "eth0:1"],
  ["CNI_IFNAME", "eth 0"],
  ["CNI_IFNAME", "eth0\r"],
  ["CNI_IFNAME", "abcdefghijklmnop"],
  ["CNI_ARGS", "A=b\nC=d"],
  ["CNI_ARGS", "x".repeat(65_537)],
  ["CNI_PATH", "/opt\0/bin"],
])("%s = %j is malformed", (name, value) => {
  expect(() => parseInvocation({ ...complete, [name]: value })).toThrow(
    expect.objectContaining({
      kind: "invalidEnvironment",
      message: expect.stringContaining(`${name} is malf`),
    }),
  );
});

test("every fault is named at once", () => {
  expect(() => parseInvocation({ CNI_COMMAND: "ADD", CNI_IFNAME: "a/b" })).toThrow(
    "CNI_CONTAINERID is missing; CNI_NETNS is missing; CNI_IFNAME is malformed; CNI_PATH is missing",
  );
});

test.each([undefined, "", "add", "UPDATE", "toString", "__proto__", "ADD\n"])(
  "the verb %j is refused",
  (verb) => {
    expect(() => parseInvocation({ ...complete, CNI_COMMAND: verb })).toThrow(
      expect.objectContaining({ kind: "invalidEnvironment" }),
    );
  },
);

test("VERSION takes whatever podman sends along", () => {
  const dummies = { CNI_COMMAND: "VERSION", CNI_NETNS: "dummy", CNI_IFNAME: "d/u", CNI_PATH: "dummy" };
  expect(parseInvocation(dummies).verb).toBe("VERSION");
});

test.each(["GC", "STATUS"])("%s neither judges nor keeps what is about a container", (verb) => {
  const odd = { CNI_CONTAINERID: "../a", CNI_NETNS: "run", CNI_IFNAME: "a/b", CNI_ARGS: "A\nB" };
  expect(parseInvocation({ ...complete, ...odd, CNI_COMMAND: verb })).toEqual({
    verb,
    containerId: "",
    netns: "",
    ifName: "",
    args: "",
    path: ["/opt/cni/bin", "/usr/lib/cni"],
  });
});

test.each(["DEL", "CHECK"])("%s keeps the namespace and the arguments that it is given", (verb) => {
  const { netns, args } = parseInvocation({ ...complete, CNI_COMMAND: verb });
  expect({ netns, args }).toEqual({ netns: complete.CNI_NETNS, args: complete.CNI_ARGS });
});

test("folders that are not absolute are never searched", () => {
  const env = { ...complete, CNI_PATH: ":./bin::bin:/opt/cni/bin:../x" };
  expect(parseInvocation(env).path).toEqual(["/opt/cni/bin"]);
});

test("a container id that is accepted names one file of a folder", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 250 }), (containerId) => {
      fc.pre(containerId !== "");
      try {
        expect(parseInvocation({ ...complete, CNI_CONTAINERID: containerId }).containerId).toMatch(
          /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}$/,
        );
      } catch (error) {
        expect(error).toMatchObject({ kind: "invalidEnvironment" });
      }
    }),
  );
});

test.each([
  ["", []],
  ["A=b", [["A", "b"]]],
  [
    "A=b=c;;D=",
    [
      ["A", "b=c"],
      ["D", ""],
    ],
  ],
  ["IgnoreUnknown;=x;A=1", [["A", "1"]]],
  [
    "__proto__=x;A=1",
    [
      ["__proto__", "x"],
      ["A", "1"],
    ],
  ],
  ["A=1;A=2", [["A", "2"]]],
])("CNI_ARGS %j", (args, pairs) => {
  expect([...toArgMap(args)]).toEqual(pairs);
});

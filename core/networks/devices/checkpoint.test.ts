import { expect, test } from "vitest";
import { Failure } from "../../errors.ts";
import { parseCheckpoint } from "./checkpoint.ts";

const read = (Data: unknown, podUid = "u1") =>
  parseCheckpoint(JSON.stringify({ Data, Checksum: 1 }), { podUid, source: "/x" });
const entry = (PodUID: string, ResourceName: string, DeviceIDs: unknown) => ({
  PodUID,
  ContainerName: "c",
  ResourceName,
  DeviceIDs,
  AllocResp: "CgA=",
});

test("a pod's devices are those of all its containers and NUMA nodes, each once, sorted", () => {
  const { ownByResource, allByResource } = read({
    PodDeviceEntries: [
      entry("u1", "a/vf", { "-1": ["d3"], "1": ["d1"] }),
      entry("u1", "a/vf", { "0": ["d3", "d2"], "2": null }),
      entry("u2", "a/vf", { "0": ["d0"] }),
      entry("u1", "a/old", ["o2", "o1"]),
    ],
    RegisteredDevices: { "a/vf": ["d0", "d9"], "a/none": null },
  });
  expect(ownByResource).toEqual(
    new Map([
      ["a/vf", ["d1", "d2", "d3"]],
      ["a/old", ["o1", "o2"]],
    ]),
  );
  expect(allByResource).toEqual(
    new Map([
      ["a/vf", new Set(["d0", "d9", "d3", "d1", "d2"])],
      ["a/none", new Set()],
      ["a/old", new Set(["o2", "o1"])],
    ]),
  );
});

test("nobody is the pod whose UID the runtime doesn't say", () => {
  const { ownByResource } = read({ PodDeviceEntries: [entry("", "a/vf", ["d"])] }, "");
  expect(ownByResource.size).toBe(0);
});

test("a kubelet that has given nothing has noted nothing", () => {
  const { ownByResource, allByResource } = read({ PodDeviceEntries: null, RegisteredDevices: null });
  expect([ownByResource.size, allByResource.size]).toEqual([0, 0]);
});

test.each([
  ["no JSON", "{"],
  ["nothing", ""],
  ["a list", "[]"],
  ["no data", "{}"],
  ["deep JSON", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["entries that are none", '{"Data":{"PodDeviceEntries":[1]}}'],
  [
    "IDs that are no texts",
    '{"Data":{"PodDeviceEntries":[{"PodUID":"u1","ResourceName":"a","DeviceIDs":[1]}]}}',
  ],
  ["an endless ID", `{"Data":{"RegisteredDevices":{"a":["${"x".repeat(1_025)}"]}}}`],
])("what holds %s is refused with its name", (_, text) => {
  const parse = () => parseCheckpoint(text, { podUid: "u1", source: "/x" });
  expect(parse).toThrow(Failure);
  expect(parse).toThrow("/x is no checkpoint of the kubelet's device manager");
});

test("keys that mean something to JavaScript mean nothing here", () => {
  const { ownByResource } = parseCheckpoint(
    '{"Data":{"PodDeviceEntries":[{"PodUID":"u1","ResourceName":"__proto__","DeviceIDs":{"__proto__":["d"],"0":["e"]}}],"RegisteredDevices":{"__proto__":["d"],"constructor":["f"]}}}',
    { podUid: "u1", source: "/x" },
  );
  expect([...ownByResource.keys()]).toEqual(["__proto__"]);
  expect(ownByResource.get("__proto__")).toContain("e");
});

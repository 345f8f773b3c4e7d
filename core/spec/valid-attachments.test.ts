import { describe, expect, test } from "vitest";
import { parseValidAttachments } from "./valid-attachments.ts";

const key = "cni.dev/valid-attachments";
const alias = "cni.dev/attachments";
const parse = (config: object) => parseValidAttachments(JSON.stringify(config));
const one = { containerID: "c1", ifname: "eth0" };
const two = { containerID: "c2", ifname: "eth1" };

test.each([
  [{ [key]: [one, two] }, ["c1 eth0", "c2 eth1"]],
  [{ [alias]: [one] }, ["c1 eth0"]],
  [{ [key]: [two], [alias]: [one] }, ["c2 eth1"]],
  [{ [key]: null, [alias]: [one] }, ["c1 eth0"]],
  [{ [key]: [], [alias]: [one] }, []],
  [{ [key]: [{ ...one, more: 1 }] }, ["c1 eth0"]],
])("%j", (config, valid) => {
  const found = parse({ name: 7, genie: "nonsense", ...config });
  expect(found?.map(({ containerId, ifName }) => `${containerId} ${ifName}`)).toEqual(valid);
});

test.each([{}, { [key]: null }, { [key]: null, [alias]: null }])("%j says nothing", (config) => {
  expect(parse(config)).toEqual([]);
});

describe("a wrong entry is named", () => {
  test.each([
    [key, { [key]: {} }],
    [key, { [key]: "c1" }],
    [key, { [key]: false }],
    [`${key}[0]`, { [key]: ["c1"] }],
    [`${key}[1]`, { [key]: [one, null] }],
    [`${key}[0].containerID`, { [key]: [{ ifname: "eth0" }] }],
    [`${key}[0].containerID`, { [key]: [{ ...one, containerID: "" }] }],
    [`${key}[0].ifname`, { [key]: [{ ...one, ifname: 0 }] }],
    [`${alias}[0].ifname`, { [alias]: [{ containerID: "c1", ifName: "eth0" }] }],
  ])("%s in %j", (field, config) => {
    expect(() => parse(config)).toThrow(
      expect.objectContaining({ kind: "invalidConfig", message: expect.stringContaining(`${field}: `) }),
    );
  });
});

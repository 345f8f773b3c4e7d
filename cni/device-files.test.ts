import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDeviceFiles } from "./device-files.ts";

let dir: string;
const warnings: string[] = [];
const open = () => openDeviceFiles({ warn: (_, message) => void warnings.push(message) }, dir);
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-devices-"));
  warnings.length = 0;
});
afterEach(() => rm(dir, { recursive: true }));

test("a name is one part of the path, whatever it holds", () => {
  const attachment = { network: "shop/../../x", containerId: "c1", ifName: "net1" };
  expect(open().locate(attachment)).toBe(path.join(dir, "cni/shop-..-..-x-c1_net1"));
});

test("a device's file is found by its resource and its ID, and none outside the folder", async () => {
  await mkdir(path.join(dir, "dp"));
  await writeFile(path.join(dir, "dp/intel.com-vf-..-..-x-device.json"), '{"type":"pci"}');
  const file = open().locate({ network: "a", containerId: "c1", ifName: "net1" });
  await open().begin(file, { resource: "intel.com/vf", id: "../../x" });
  expect(await open().find(file)).toEqual({ type: "pci" });
  await open().remove(file);
  expect(await open().find(file)).toBeUndefined();
});

test("what is no file of ours is not removed", async () => {
  const other = path.join(dir, "other");
  await writeFile(other, "x");
  await open().remove(other);
  await open().remove(path.join(dir, "cni/../other"));
  expect(await readFile(other, "utf8")).toBe("x");
});

test("a link is not followed, neither to be told of nor to be written to", async () => {
  const secret = path.join(dir, "config.json");
  await writeFile(secret, '{"auths":{}}');
  for (const name of ["dp", "cni"]) await mkdir(path.join(dir, name));
  await symlink(secret, path.join(dir, "dp/r-d-device.json"));
  const file = open().locate({ network: "a", containerId: "c1", ifName: "net1" });
  await symlink(secret, file);
  expect(await open().find(file)).toBeUndefined();
  await open().begin(file, { resource: "r", id: "d" });
  expect(await readdir(path.join(dir, "cni"))).toEqual([]);
  expect(await readFile(secret, "utf8")).toBe('{"auths":{}}');
});

test.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["more than 64 KiB", `{"a":"${"x".repeat(65_536)}"}`],
])("a file that holds %s tells nothing", async (_, text) => {
  await mkdir(path.join(dir, "cni"));
  const file = open().locate({ network: "a", containerId: "c1", ifName: "net1" });
  await writeFile(file, text);
  expect(await open().find(file)).toBeUndefined();
});

test("a disk that says no is a warning", async () => {
  await writeFile(path.join(dir, "cni"), "");
  const file = open().locate({ network: "a", containerId: "c1", ifName: "net1" });
  await mkdir(path.join(dir, "dp"));
  await writeFile(path.join(dir, "dp/r-d-device.json"), "{}");
  await open().begin(file, { resource: "r", id: "d" });
  expect(warnings).toEqual(["what is known of a device could not be read or written"]);
});

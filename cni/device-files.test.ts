import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDeviceFiles } from "./device-files.ts";

let dir: string;
const warnings: string[] = [];
const ATTACHMENT = { containerId: "c1", ifName: "net1" };
const open = () => openDeviceFiles({ warn: (_, message) => void warnings.push(message) }, dir);
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-devices-"));
  warnings.length = 0;
});
afterEach(() => rm(dir, { recursive: true }));

test("a name is one part of the path, whatever it holds", () => {
  expect(open().locate({ ...ATTACHMENT, network: "shop/../../x" })).toBe(
    path.join(dir, "cni/shop-..-..-x-c1_net1"),
  );
});

test("a device's file is found by its resource and its ID, and none outside the folder", async () => {
  await mkdir(path.join(dir, "dp"));
  await writeFile(path.join(dir, "dp/intel.com-vf-..-..-x-device.json"), '{"type":"pci"}');
  const file = open().locate({ ...ATTACHMENT, network: "a" });
  await open().begin(file, { resource: "intel.com/vf", id: "../../x" });
  expect(await open().find(file)).toEqual({ type: "pci" });
  await open().remove(file, ATTACHMENT);
  expect(await open().find(file)).toBeUndefined();
});

test.each(["other", "cni/../a-c1_net1", "cni/a-c2_net1", "cni/a-c1_net10", "cni/a-c1_net1/x"])(
  "%s is no file of the attachment, and not removed",
  async (name) => {
    const file = `${dir}/${name}`;
    await mkdir(path.join(dir, "cni"));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "x");
    await open().remove(file, ATTACHMENT);
    expect(await readFile(file, "utf8")).toBe("x");
  },
);

test("a link is not followed, neither to be told of nor to be written to", async () => {
  const secret = path.join(dir, "config.json");
  await writeFile(secret, '{"auths":{}}');
  for (const name of ["dp", "cni"]) await mkdir(path.join(dir, name));
  await symlink(secret, path.join(dir, "dp/r-d-device.json"));
  const file = open().locate({ ...ATTACHMENT, network: "a" });
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
  const file = open().locate({ ...ATTACHMENT, network: "a" });
  await writeFile(file, text);
  expect(await open().find(file)).toBeUndefined();
});

test("a disk that says no is a warning", async () => {
  await writeFile(path.join(dir, "cni"), "");
  const file = open().locate({ ...ATTACHMENT, network: "a" });
  await mkdir(path.join(dir, "dp"));
  await writeFile(path.join(dir, "dp/r-d-device.json"), "{}");
  await open().begin(file, { resource: "r", id: "d" });
  expect(warnings).toEqual(["what is known of a device could not be read or written"]);
});

import { copyFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { parseNetwork } from "../../core/spec/network.ts";
import { CLONE_DIR, DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await makeDesk();
});
afterEach(() => desk[Symbol.asyncDispose]());

const write = (name: string, content: unknown) =>
  writeFile(path.join(desk.folder, name), JSON.stringify(content));
const read = (name: string) => readFile(path.join(desk.folder, name), "utf8");

describe.each([
  ["03-from-cni-genie", "00-genie.conf", ["00-genie.conf"]],
  ["04-from-multus", "00-multus.conf", ["00-genie.conf", "10-cbr0.conflist", "11-storage.conf"]],
])("the page of %s", (example, file, written) => {
  test("leads to a configuration that genie takes, and files that are networks", async () => {
    const folder = path.join(CLONE_DIR, "examples", example);
    await copyFile(path.join(folder, file), path.join(desk.folder, file));
    const page = await readFile(path.join(folder, "README.md"), "utf8");
    const commands = /```sh\n([^]*?)```/.exec(page)?.[1] ?? "";
    const { stdout, stderr } = await execa("sh", ["-ec", commands], {
      cwd: desk.folder,
      env: { PATH: `${path.join(DIST_DIR, "bin")}:${process.env["PATH"]}`, GENIE_NODE: process.execPath },
    });
    const [own = "", ...networks] = await Promise.all(written.map((name) => read(`net.d/${name}`)));
    expect(await readdir(path.join(desk.folder, "net.d"))).toEqual(written);
    expect(stdout.startsWith(own.trimEnd())).toBe(true);
    expect(stderr).toMatch(/^KEY +IN GENIE$/m);
    expect(parseConfig(own).type).toBe("genie");
    for (const text of networks) expect(parseNetwork(text).plugins).not.toEqual([]);
  });
});

test("--out writes all files or none, none over another, for the owner alone", async () => {
  await write("m.conf", {
    cniVersion: "1.0.0",
    name: "m",
    type: "multus",
    delegates: [{ name: "a", type: "bridge" }],
  });
  await write("10-a.conf", {});
  const { exitCode, stderr } = await desk.run("migrate", "m.conf", "--out", ".");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: 10-a\.conf is there already/);
  expect(await readdir(desk.folder)).not.toContain("00-genie.conf");
  const { exitCode: done } = await desk.run("migrate", "m.conf", "--out", ".", "--json");
  expect(done).toBe(1);
});

test("a token is for the eyes of the owner", async () => {
  await write("g.conf", { type: "genie", name: "g", policy: { k8s_auth_token: "secret" } });
  const { exitCode, stdout, stderr } = await desk.run("migrate", "g.conf", "--out", ".");
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "00-genie.conf" });
  expect(stderr).not.toContain("secret");
  expect((await stat(path.join(desk.folder, "00-genie.conf"))).mode & 0o777).toBe(0o600);
});

test("what a person must look at is said, and --json has all of it", async () => {
  await write("m.conf", {
    name: "m",
    type: "multus",
    multusNamespace: "x",
    mine: 1,
    delegates: [{ name: "a", type: "b" }],
  });
  const { exitCode, stderr } = await desk.run("migrate", "m.conf");
  expect(exitCode).toBe(0);
  expect(stderr).toContain("warning: networks of m.conf become files of their own, 10-a.conf: see");
  expect(stderr).toContain("warning: to be looked at by hand: multusNamespace, mine");
  const { stdout } = await desk.run("migrate", "m.conf", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    source: "multus",
    config: { type: "genie", mine: 1 },
    files: [{ name: "10-a.conf" }],
    notes: expect.arrayContaining([expect.objectContaining({ key: "mine", fate: "unknown" })]),
    written: [],
  });
});

test.each([
  ["a file that isn't there", ["migrate", "none.conf"], "none.conf can't be read (ENOENT)"],
  ["a file that is no JSON", ["migrate", "scorer.wasm"], "scorer.wasm is no JSON object"],
  ["another plugin's", ["migrate", "other.conf"], "type: is none of CNI-Genie's or Multus'"],
  ["endless nesting", ["migrate", "deep.conf"], "deep.conf is nested more than 256 levels deep"],
])("%s is one clear error", async (_, args, message) => {
  await write("other.conf", { type: "bridge" });
  await writeFile(
    path.join(desk.folder, "deep.conf"),
    `{"type":"genie","x":${"[".repeat(9999)}${"]".repeat(9999)}}`,
  );
  const { exitCode, stdout, stderr } = await desk.run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^error: [^\n]+$/);
  expect(stderr).toContain(message);
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfFolder } from "./conf-folder.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-conf-"));
});
afterEach(() => rm(dir, { recursive: true }));

const put = (name: string, text = "{}") => writeFile(path.join(dir, name), text);
const read = async () => (await readConfFolder(dir)).files;
const names = async () => (await read()).map(({ name }) => name).toSorted();

test("reads the files that libcni reads, as they are", async () => {
  const text = '{\r\n  "name": "blü"\r\n}';
  for (const name of ["1.conf", "2.conflist", "3.json"]) await put(name, text);
  for (const name of ["4.conf.bak", "5.CONF", "6.yaml", "conf", "7.conf~"]) await put(name);
  expect((await read()).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: "1.conf", text },
    { name: "2.conflist", text },
    { name: "3.json", text },
  ]);
});

test("follows links, as the folders of Kubernetes' config maps need it", async () => {
  await put("real.txt", '{"a":1}');
  await symlink("real.txt", path.join(dir, "1.conf"));
  expect(await read()).toEqual([{ name: "1.conf", text: '{"a":1}' }]);
});

test("a missing folder has none, an empty one neither", async () => {
  const nothing = { files: [], pluginFilesByNetwork: new Map() };
  expect(await readConfFolder(path.join(dir, "gone"))).toEqual(nothing);
  expect(await readConfFolder(dir)).toEqual(nothing);
});

test("what is no folder is named", async () => {
  await put("1.conf");
  const file = path.join(dir, "1.conf");
  await expect(readConfFolder(file)).rejects.toMatchObject({
    kind: "ioFailure",
    message: `the conf folder ${file} can't be read: ENOTDIR`,
  });
});

test("one odd entry doesn't stop the node", async () => {
  await put("1.conf");
  await mkdir(path.join(dir, "2.conf"));
  await symlink("nowhere", path.join(dir, "3.conf"));
  await symlink("4.conf", path.join(dir, "4.conf"));
  expect(await names()).toEqual(["1.conf"]);
});

test("a pipe that nobody writes to keeps no pod waiting", async () => {
  await execa("mkfifo", [path.join(dir, "1.conf")]);
  await put("2.conf");
  expect(await read()).toEqual([
    { name: "1.conf", text: "" },
    { name: "2.conf", text: "{}" },
  ]);
});

test("of an endless file only a part is read", async () => {
  await put("1.conf", `{"a":"${"x".repeat(1_000_000)}"}`);
  expect((await read())[0]?.text.length).toBe(256 * 1024);
});

test("of too many files the first are read", async () => {
  const all = Array.from({ length: 4_100 }, (_, at) => `${String(at).padStart(4, "0")}.conf`);
  const shuffled = all.map((_, at) => all[(at * 1_009) % all.length] ?? ""); // 1009 and 4100 share no divisor
  for (const name of shuffled) await put(name, "");
  expect(await names()).toEqual(all.slice(0, 4_096));
});

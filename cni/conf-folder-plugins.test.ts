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

async function put(folder: string, name: string, text = "{}"): Promise<void> {
  await mkdir(path.join(dir, folder), { recursive: true });
  await writeFile(path.join(dir, folder, name), text);
}

/** What each network's folder holds, in order. */
async function read(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { pluginFilesByNetwork } = await readConfFolder(dir);
  return Object.fromEntries(
    [...pluginFilesByNetwork].map(([network, files]) => [
      network,
      files.map(({ name, text }) => (text === "" ? `${name} unread` : name)),
    ]),
  );
}

test("the plugins of a network come in the order of their names, as they are", async () => {
  await put("blue", "20-b.conf", '{ "type": "b" }');
  await put("blue", "10-a.conf", '{"type":"a"}\r\n');
  await put("red", "1.conf");
  const { files, pluginFilesByNetwork } = await readConfFolder(dir);
  expect(files).toEqual([]);
  expect(pluginFilesByNetwork.get("blue")).toEqual([
    { name: "10-a.conf", text: '{"type":"a"}\r\n' },
    { name: "20-b.conf", text: '{ "type": "b" }' },
  ]);
  expect(await read()).toEqual({ blue: ["10-a.conf", "20-b.conf"], red: ["1.conf"] });
});

test("only .conf counts, and a folder without any doesn't", async () => {
  for (const name of ["1.conf", "2.conflist", "3.json", "4.conf.bak", "5.CONF"]) await put("blue", name);
  await put("multus.d", "multus.kubeconfig");
  await mkdir(path.join(dir, "blue/6.conf"));
  await put("blue/deeper", "7.conf");
  expect(await read()).toEqual({ blue: ["1.conf"] });
});

test("a folder that no network can be named after is not read", async () => {
  for (const name of ["..data", ".hidden", "a b", "ä", "x".repeat(254)]) await put(name, "1.conf");
  await put("x".repeat(253), "1.conf");
  await writeFile(path.join(dir, "file"), "");
  expect(Object.keys(await read())).toEqual(["x".repeat(253)]);
});

test("links to folders and files are followed", async () => {
  await put("..data", "1.conf");
  await symlink("..data", path.join(dir, "blue"));
  await symlink("nowhere", path.join(dir, "gone"));
  await symlink("..data/1.conf", path.join(dir, "file"));
  await mkdir(path.join(dir, "red"));
  await symlink("../..data/1.conf", path.join(dir, "red/2.conf"));
  expect(await read()).toEqual({ blue: ["1.conf"], red: ["2.conf"] });
});

test("what can't be read is there nevertheless: its network must not run without it", async () => {
  await put("blue", "2.conf");
  await symlink("nowhere", path.join(dir, "blue/1.conf"));
  await symlink(".", path.join(dir, "blue/3.conf"));
  await execa("mkfifo", [path.join(dir, "blue/4.conf")]);
  await symlink("loop", path.join(dir, "loop"));
  expect(await read()).toEqual({
    blue: ["1.conf unread", "2.conf", "3.conf unread", "4.conf unread"],
    loop: ["*.conf unread"],
  });
});

test("of a folder with too many files none is read, nor of those for which none are left", async () => {
  for (const folder of ["blue", "many", "red"]) await put(folder, "0.conf");
  await mkdir(path.join(dir, "sky"));
  const more = Array.from({ length: 4_095 }, (_, at) => path.join(dir, "many", `${at + 1}.conf`));
  for (const file of more) await writeFile(file, "{}");
  expect(await read()).toEqual({ blue: ["0.conf"], many: ["*.conf unread"], red: ["0.conf"] });
  await rm(path.join(dir, "many/4095.conf"));
  const { many, ...others } = await read();
  expect(many).toHaveLength(4_095);
  expect(others).toEqual({ blue: ["0.conf"], red: ["*.conf unread"] });
});

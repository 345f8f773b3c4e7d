/** What `npm run build` left in dist runs by itself: anywhere, from any folder, whatever the caller's environment. */
import {
  chown,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transpile } from "../registry/prepare/transpile.ts";
import { TRANSPILING } from "../test/fakes/transpiling.ts";
import { spawnTranspiler } from "./guest-process.ts";

const DIST = new URL("../dist", import.meta.url).pathname;
const CNI_ERROR = {
  cniVersion: "1.0.0",
  code: 5,
  msg: "node 24 or newer is needed",
  details: "set GENIE_NODE to its path or put it on PATH",
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-dist-"));
  await cp(DIST, path.join(folder, "dist"), { recursive: true });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const BARE = { extendEnv: false, cwd: "/", reject: false, input: "", timeout: 20_000 } as const;

/** Runs a program as a container runtime would: in `/`, with nothing in the environment but what is given. */
function run(program: string, args: readonly string[], env: Record<string, string>) {
  return execa(program, args, { ...BARE, env });
}

const VERSION = { CNI_COMMAND: "VERSION", GENIE_NODE: process.execPath };

test.each([
  ["out of a copy of dist", async () => path.join(folder, "dist/bin/genie-standalone")],
  [
    "copied alone",
    async () => {
      const alone = path.join(folder, "genie");
      await copyFile(path.join(DIST, "bin/genie-standalone"), alone);
      return alone;
    },
  ],
  [
    "through a link, out of a package whose files are ES modules",
    async () => {
      const link = path.join(folder, "link");
      await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
      await symlink("dist/bin/genie-standalone", link);
      return link;
    },
  ],
])("the plugin runs %s", async (_name, place) => {
  const { stdout, exitCode } = await run(await place(), [], VERSION);
  expect(JSON.parse(stdout)).toMatchObject({ supportedVersions: expect.arrayContaining(["1.0.0"]) });
  expect(exitCode).toBe(0);
});

test("node is found on PATH, past folders that have none", async () => {
  const PATH = `/nonexistent:/etc:${path.dirname(process.execPath)}`;
  const { exitCode } = await run(path.join(DIST, "bin/genie-standalone"), [], {
    CNI_COMMAND: "VERSION",
    PATH,
  });
  expect(exitCode).toBe(0);
});

test("settings of node in the caller's environment do nothing", async () => {
  const hook = path.join(folder, "hook.cjs");
  await writeFile(hook, "console.log('hooked');");
  const hostile = { NODE_OPTIONS: `--require ${hook}`, NODE_V8_COVERAGE: folder, NODE_DEBUG: "module" };
  const plain = await run(path.join(DIST, "bin/genie-standalone"), [], VERSION);
  const hooked = await run(path.join(DIST, "bin/genie-standalone"), [], { ...VERSION, ...hostile });
  expect([hooked.stdout, hooked.stderr]).toEqual([plain.stdout, plain.stderr]);
});

test.each([
  ["beside the program", "dist/bin/genie-standalone"],
  ["beside the program, whatever links to it", "linked"],
])("node keeps what it has compiled %s", async (_name, program) => {
  const cache = await emptyCache();
  await rm(path.join(folder, "linked"), { force: true });
  await symlink("dist/bin/genie-standalone", path.join(folder, "linked"));
  await run(path.join(folder, program), [], { ...VERSION, PATH: "/usr/bin:/bin" });
  const [ofNode = ""] = await readdir(cache);
  expect(await readdir(path.join(cache, ofNode))).toHaveLength(1);
});

test.each([
  ["that isn't the caller's", (cache: string) => chown(cache, 1000, 1000)],
  [
    "to which a link leads",
    async (cache: string) => {
      await rename(cache, `${cache}-real`);
      await symlink(`${cache}-real`, cache);
    },
  ],
])("node keeps nothing in a folder %s, and believes nothing there", async (_name, change) => {
  const cache = await emptyCache();
  await change(cache);
  const { exitCode } = await run(path.join(folder, "dist/bin/genie-standalone"), [], VERSION);
  expect([exitCode, await readdir(cache)]).toEqual([0, []]);
});

async function emptyCache(): Promise<string> {
  const cache = path.join(folder, "dist/compile-cache");
  await rm(cache, { recursive: true });
  await mkdir(cache, { mode: 0o700 });
  return cache;
}

test("without node the plugin answers with a CNI error, and the command line with one line", async () => {
  for (const env of [
    { PATH: "/nonexistent" },
    { GENIE_NODE: "/nonexistent/node", PATH: "/usr/bin:/bin" },
    { GENIE_NODE: "/usr", PATH: "/usr/bin:/bin" },
    { GENIE_NODE: "node", PATH: path.dirname(process.execPath) },
  ]) {
    const plugin = await run(path.join(DIST, "bin/genie-standalone"), [], env);
    expect([JSON.parse(plugin.stdout), plugin.stderr, plugin.exitCode]).toEqual([CNI_ERROR, "", 1]);
    const ctl = await run(path.join(DIST, "bin/geniectl"), ["list"], env);
    expect(ctl.stderr).toMatch(/^error: node 24 or newer is needed: set GENIE_NODE [^\n]+$/);
    expect([ctl.stdout, ctl.exitCode]).toEqual(["", 1]);
  }
});

test("an older node says the same", async () => {
  const hook = path.join(folder, "older.cjs");
  await writeFile(
    hook,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });`,
  );
  const older = (program: string) =>
    run(process.execPath, ["--require", hook, path.join(folder, "dist/bin", program)], {});
  const plugin = await older("genie-standalone");
  expect([JSON.parse(plugin.stdout), plugin.exitCode]).toEqual([CNI_ERROR, 1]);
  const ctl = await older("geniectl");
  expect([ctl.stderr.split("\n").length, ctl.exitCode]).toEqual([1, 1]);
});

test("the transpiler runs copied alone, without node_modules", async () => {
  const alone = path.join(folder, "transpiler");
  await copyFile(path.join(DIST, "bin/genie-transpiler"), alone);
  const wasm = await readFile(path.join(folder, "dist/modules/occupancy.wasm"));
  const made = await transpile(wasm, { ...TRANSPILING, startTranspiler: () => spawnTranspiler(alone) });
  expect(made.outcome === "ok" && [...made.value.keys()].toSorted()).toEqual([
    "glue",
    "lift",
    "module.core.wasm",
  ]);
});

test("the transpiler is confined by the guest's own head, with other bounds", async () => {
  const headOf = async (program: string) =>
    (await readFile(path.join(DIST, "bin", program), "utf8"))
      .split("\n")
      .filter((line) => line.startsWith("':' //;"));
  const bare = (head: readonly string[]) =>
    head.map((line) => line.replaceAll(/(heap=|heap \+ |pages=)\d+/g, "$1"));
  const [guest, transpiler] = [await headOf("genie-guest"), await headOf("genie-transpiler")];
  expect(guest.at(-1)).toContain(" --permission ");
  expect(bare(transpiler)).toEqual(bare(guest));
  expect(transpiler).not.toEqual(guest);
});

test("what an ADD loads holds no transpiler", async () => {
  const { size } = await stat(path.join(DIST, "bin/genie-standalone"));
  const program = await readFile(path.join(DIST, "bin/genie-standalone"), "utf8");
  expect(program).not.toContain("js-component-bindgen-component");
  expect(size).toBeLessThan(2 ** 20);
});

test("what an ADD loads has no Kubernetes client in it; that lies beside, and loads by itself", async () => {
  const client = path.join(folder, "dist/lib/cluster-client.js");
  expect(await readFile(client, "utf8")).toContain("/api/v1/namespaces/{namespace}/pods/{name}");
  expect(await readFile(path.join(DIST, "bin/genie-standalone"), "utf8")).not.toContain("/api/v1/namespaces");
  const { exitCode, stderr } = await run(process.execPath, [client], {});
  expect([exitCode, stderr]).toEqual([0, ""]);
});

test("copied alone, the plugin says what it lacks when the cluster has to be asked", async () => {
  const alone = path.join(folder, "dist/other/bin/genie");
  await mkdir(path.dirname(alone), { recursive: true });
  await copyFile(path.join(DIST, "bin/genie-standalone"), alone);
  const call = {
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "c1",
    CNI_NETNS: "/run/netns/none",
    CNI_IFNAME: "eth0",
    CNI_ARGS: "K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-1",
    CNI_PATH: "/opt/cni/bin",
    GENIE_NODE: process.execPath,
  };
  const input = JSON.stringify({ cniVersion: "1.0.0", name: "genie", type: "genie", kubernetes: {} });
  const { stdout } = await execa(alone, { ...BARE, env: call, input });
  expect(JSON.parse(stdout)).toMatchObject({
    code: 5,
    msg: expect.stringContaining("lib/cluster-client.js"),
  });
});

test("what an ADD loads has no registry client in it", async () => {
  const read = (name: string) => readFile(path.join(DIST, "bin", name), "utf8");
  expect(await read("geniectl")).toContain("blobs/uploads");
  expect(await read("genie-standalone")).not.toContain("blobs/uploads");
});

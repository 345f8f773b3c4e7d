import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostileModules } from "../../test/guests/corpus.ts";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { TRANSPILING } from "../../test/fakes/transpiling.ts";
import type { PreparedModule } from "../../core/sandbox/port.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import { planArtifact } from "../artifact/artifact.ts";
import { parseReference } from "../reference.ts";
import { openStore } from "../store/store.ts";
import { isPrepared, writePrepared } from "./prepared.ts";
import { openModuleSource } from "./source.ts";

const NOWHERE = `registry.example/nobody/nothing@sha256:${"0".repeat(64)}`;
const modules = await hostileModules(["trap", "import", "wrong-world", "loop-in-start"]);

let storeDir: string;

beforeEach(async () => {
  storeDir = await mkdtemp(path.join(tmpdir(), "genie-source-"));
});

afterEach(async () => {
  await rm(storeDir, { recursive: true });
});

/** Has a module of the corpus in the store. @returns its pinned reference and digest. */
async function store(name: string) {
  const module = modules.find((each) => each.name === name);
  if (module === undefined) throw new Error(`${name} is not in the corpus`);
  return await put(name, module.wasm);
}

async function put(name: string, wasm: Uint8Array) {
  const artifact = planArtifact(wasm, { created: new Date(0) });
  const reference = `registry.example/test/${name}@${artifact.digest}`;
  await openStore(storeDir).put(artifact, parseReference(reference));
  return { reference, digest: artifact.digest, wasm };
}

/** What was made and what was read are arrays of different types. */
function toBytes(result: ModuleResult<PreparedModule>): readonly (readonly [string, Buffer])[] {
  if (result.outcome !== "ok") throw new Error(result.detail);
  const { glue, coreByName } = result.value;
  return [["glue", glue] as const, ...coreByName].map(([name, bytes]) => [name, Buffer.from(bytes)]);
}

test("a module is prepared at its first use, and read back at the next", async () => {
  const { reference, digest } = await store("trap");
  expect(await isPrepared(storeDir, digest)).toBe(false);
  const first = await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer");
  expect(first).toMatchObject({ outcome: "ok", value: { digest, kind: "scorer" } });
  if (first.outcome !== "ok") throw new Error(first.detail);
  expect([...first.value.coreByName.keys()]).toEqual(["module.core.wasm"]);
  expect(await isPrepared(storeDir, digest)).toBe(true);
  const [file = ""] = await readdir(path.join(storeDir, ".prepared"));
  expect(file).toMatch(/^[0-9a-f]{64}-check\d+-jco\d+\.\d+\.\d+-node\d+\.\d+\.\d+$/);
  const again = await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer");
  expect(toBytes(again)).toEqual(toBytes(first));
});

test("a module declares what its metadata says, and nothing where that can't be used", async () => {
  const source = openModuleSource(storeDir, TRANSPILING);
  const { reference: plain, wasm } = await store("trap");
  const nothing = { labels: [], annotations: [] };
  expect(await source.load(plain, "scorer")).toMatchObject({ outcome: "ok", value: { declared: nothing } });
  const metadata = { kpis: { required: [], optional: [] }, labels: ["tier"], annotations: ["zone"] };
  const told = withMetadata(wasm, metadata);
  const { reference: telling } = await put("telling", told);
  expect(await source.load(telling, "scorer")).toMatchObject({
    value: { declared: { labels: ["tier"], annotations: ["zone"] } },
  });
  const { reference: twofold } = await put("twofold", Buffer.concat([told, told.subarray(wasm.length)]));
  expect(await source.load(twofold, "scorer")).toMatchObject({ outcome: "ok", value: { declared: nothing } });
});

test("a damaged file of a prepared module is made again", async () => {
  const { reference } = await store("trap");
  const source = openModuleSource(storeDir, TRANSPILING);
  const first = await source.load(reference, "scorer");
  const [name = ""] = await readdir(path.join(storeDir, ".prepared"));
  const file = path.join(storeDir, ".prepared", name);
  const sound = await readFile(file);
  for (const damaged of [sound.with(1000, 1 + (sound[1000] ?? 0)), sound.subarray(0, 500), Buffer.alloc(3)]) {
    await writeFile(file, damaged);
    expect(toBytes(await source.load(reference, "scorer"))).toEqual(toBytes(first));
    expect(Buffer.compare(await readFile(file), sound)).toBe(0);
  }
});

test("what another version made of a module goes when it is made anew", async () => {
  const { reference, digest } = await store("trap");
  const source = openModuleSource(storeDir, TRANSPILING);
  await source.load(reference, "scorer");
  const folder = path.join(storeDir, ".prepared");
  const [name = ""] = await readdir(folder);
  const hex = digest.slice("sha256:".length);
  await cp(path.join(folder, name), path.join(folder, `${hex}-jco0.1.0-node20.0.0`));
  await rm(path.join(folder, name));
  await source.load(reference, "scorer");
  expect(await readdir(folder)).toEqual([name]);
});

const STRANGER = 12_345;

/** Ways by which somebody else could say what a prepared module is. */
const OPEN_DOORS: readonly [string, (file: string) => Promise<void>][] = [
  ["a file that its group may write to", (file) => chmod(file, 0o664)],
  ["a file that anyone may write to", (file) => chmod(file, 0o646)],
  ["a file of somebody else", (file) => chown(file, STRANGER, STRANGER)],
  ["a link to a file", (file) => moveBehindLink(file)],
  ["a folder that its group may write to", (file) => chmod(path.dirname(file), 0o775)],
  ["a folder that anyone may write to", (file) => chmod(path.dirname(file), 0o1777)],
  ["a folder of somebody else", (file) => chown(path.dirname(file), STRANGER, STRANGER)],
  ["a link to a folder", (file) => moveBehindLink(path.dirname(file))],
];

async function moveBehindLink(target: string): Promise<void> {
  await rename(target, `${target}.moved`);
  await symlink(`${target}.moved`, target);
}

test.each(OPEN_DOORS)("a forged module in %s is not what runs", async (_name, openDoor) => {
  const { reference, digest } = await store("trap");
  const first = await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer");
  await writePrepared(storeDir, digest, new Map([["glue", Buffer.from("forged")]]));
  const [name = ""] = await readdir(path.join(storeDir, ".prepared"));
  await openDoor(path.join(storeDir, ".prepared", name));
  expect(await isPrepared(storeDir, digest)).toBe(false);
  expect(toBytes(await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer"))).toEqual(
    toBytes(first),
  );
});

test("nothing is written through a link in the folder's place", async () => {
  const { reference, digest } = await store("trap");
  const elsewhere = path.join(storeDir, "elsewhere");
  await mkdir(elsewhere);
  await symlink(elsewhere, path.join(storeDir, ".prepared"));
  expect(await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer")).toMatchObject({
    value: { digest },
  });
  expect(await readdir(elsewhere)).toEqual([]);
});

test("a pipe in the place of a prepared module keeps nobody waiting", async () => {
  const { reference, digest } = await store("trap");
  await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer");
  const folder = path.join(storeDir, ".prepared");
  const [name = ""] = await readdir(folder);
  await rm(path.join(folder, name));
  await execa("mkfifo", ["--mode=600", path.join(folder, name)]);
  expect(await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer")).toMatchObject({
    value: { digest },
  });
});

test("a store that can't be read is the outcome notInStore", async () => {
  const { reference } = await store("trap");
  await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer");
  const folder = path.join(storeDir, ".prepared");
  const [name = ""] = await readdir(folder);
  await rm(path.join(folder, name));
  await mkdir(path.join(folder, name)); // a folder where the file should be
  expect(await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer")).toEqual({
    outcome: "notInStore",
    detail: "the module store can't be read (EISDIR)",
  });
});

test.each([
  ["import", "scorer", "it imports other:thing/clock@1.0.0; a module may import nothing"],
  ["wrong-world", "scorer", "it doesn't export genie:selection/types@1.0"],
  ["trap", "selector", "it doesn't export genie:selection/selecting@1.0"],
] as const)("%s as a %s is the outcome wrongWorld", async (name, kind, detail) => {
  const { reference } = await store(name);
  expect(await openModuleSource(storeDir, TRANSPILING).load(reference, kind)).toEqual({
    outcome: "wrongWorld",
    detail,
  });
});

test("a module that isn't there is the outcome notInStore, and the detail says how to get it", async () => {
  const missing = { outcome: "notInStore", detail: `run geniectl pull ${NOWHERE}` };
  expect(await openModuleSource(storeDir, TRANSPILING).load(NOWHERE, "scorer")).toEqual(missing);
  expect(await openModuleSource("/nonexistent/store", TRANSPILING).load(NOWHERE, "scorer")).toEqual(missing);
});

test("a damaged blob is the outcome notInStore, even when the module was prepared", async () => {
  const { reference, digest } = await store("trap");
  const source = openModuleSource(storeDir, TRANSPILING);
  await source.load(reference, "scorer");
  const blob = path.join(storeDir, "blobs/sha256", digest.slice("sha256:".length));
  await chmod(blob, 0o644);
  await writeFile(blob, "{}");
  expect(await source.load(reference, "scorer")).toMatchObject({
    outcome: "notInStore",
    detail: expect.stringContaining("pull the module again"),
  });
});

test("a module as large as allowed is loaded, and one byte more is the outcome memory", async () => {
  const { reference, digest, wasm } = await store("trap");
  const load = (moduleBytes: number) =>
    openModuleSource(storeDir, { ...TRANSPILING, moduleBytes }).load(reference, "scorer");
  expect(await load(wasm.byteLength)).toMatchObject({ outcome: "ok", value: { digest } });
  expect(await load(wasm.byteLength - 1)).toEqual({
    outcome: "memory",
    detail: `has ${wasm.byteLength} bytes; ${wasm.byteLength - 1} are allowed`,
  });
});

test("a component that the transpiler refuses is the outcome wrongWorld", async () => {
  const { wasm } = await store("trap");
  const body = Buffer.from(wasm).lastIndexOf(Buffer.of(3, 0, 0, 0x0b)); // no locals, unreachable, end; drop has nothing to drop
  const broken = Buffer.from(wasm).with(body + 2, 0x1a);
  const artifact = planArtifact(broken, { created: new Date(0) });
  const reference = `registry.example/test/broken@${artifact.digest}`;
  await openStore(storeDir).put(artifact, parseReference(reference));
  expect(await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer")).toMatchObject({
    outcome: "wrongWorld",
    detail: expect.stringContaining("can't be prepared"),
  });
});

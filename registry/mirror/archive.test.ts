import { mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { packTar, type TarEntry, type TarHeader } from "modern-tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeReferrer } from "../../test/fakes/referrer.ts";
import { planArtifact } from "../artifact/artifact.ts";
import { hexOf, sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { openStore, type Store } from "../store/store.ts";
import { packStore } from "./pack.ts";
import { listRoots } from "./roots.ts";
import { unpackArchive } from "./unpack.ts";

const component = await makeComponent(SCORER);
const module = planArtifact(component, { created: new Date(0) });
const readme = makeReferrer({ subject: { bytes: module.manifest }, artifactType: "a/readme", layer: "# hi" });
const other = planArtifact(addNote(component, "other"), { created: new Date(0) });
const REFERENCE = parseReference("r.example/genie/scorer:1");
const OTHER = parseReference(`r.example/genie/other@${other.digest}`);
const SIG = `sha256-${hexOf(module.digest)}.sig`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-archive-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

async function fill(store: Store, order: "forth" | "back"): Promise<void> {
  const steps = [
    () => store.put(module, REFERENCE),
    () => store.put(other, OTHER),
    () => store.putArtifact(readme),
    () =>
      store.putArtifact(makeReferrer({ artifactType: "a/sig", layer: "sig" }), { ...REFERENCE, tag: SIG }),
  ];
  for (const step of order === "forth" ? steps : steps.toReversed()) await step();
}

test("what is packed and unpacked is the same, and the same artifacts make the same archive", async () => {
  for (const order of ["forth", "back"] as const) {
    await fill(openStore(at(order)), order);
    await packStore(at(order), at(`${order}.tar`));
  }
  const bytes = await readFile(at("forth.tar"));
  expect(bytes.equals(await readFile(at("back.tar")))).toBe(true);
  await unpackArchive(at("forth.tar"), at("out"));
  const [before, after] = [openStore(at("forth")), openStore(at("out"))];
  expect(await after.findModule(module.digest)).toEqual(await before.findModule(module.digest));
  const reader = after.reader(REFERENCE);
  expect((await reader.listReferrers(module.digest)).map(({ digest }) => digest)).toEqual([readme.digest]);
  expect(await reader.findManifest(SIG)).toBeDefined();
  expect((await listRoots(at("out"), undefined)).map(({ digest }) => digest).toSorted()).toEqual(
    [module.digest, other.digest].toSorted(),
  );
  const { stdout } = await execa("tar", ["-tvf", at("forth.tar")]);
  expect(stdout).not.toMatch(/\.tmp|\.index-copy|\.lock/);
  expect(stdout).toMatch(/^-rw-r--r-- 0\/0 .*1970-01-01.* oci-layout$/m);
});

test("an archive that GNU tar made of a layout, with ./ before each name, is unpacked", async () => {
  const store = openStore(at("store"));
  await store.put(module, REFERENCE);
  await rm(at("store/.tmp"), { recursive: true });
  await rm(at("store/.index-copy"));
  for (const format of ["gnu", "posix", "ustar"]) {
    await execa("tar", [`--format=${format}`, "-C", at("store"), "-cf", at(`${format}.tar`), "."]);
    await unpackArchive(at(`${format}.tar`), at(format));
    expect(await openStore(at(format)).findModule(module.digest)).toBeDefined();
  }
});

test("a damaged blob isn't packed, and no half archive is left", async () => {
  await openStore(at("store")).put(module, REFERENCE);
  await writeFile(at(`store/blobs/sha256/${hexOf(sha256(module.wasm))}`), "rotten");
  await expect(packStore(at("store"), at("out.tar"))).rejects.toMatchObject({ kind: "damagedStore" });
  expect((await execa("ls", ["-A", folder])).stdout).toBe("store");
});

const file = (name: string, body: string | Uint8Array, more: Partial<TarHeader> = {}): TarEntry => ({
  header: { name, size: Buffer.byteLength(body), type: "file", ...more },
  body,
});
const special = (name: string, type: NonNullable<TarHeader["type"]>): TarEntry => ({
  header: { name, size: 0, type, linkname: "/etc/passwd" },
});
const blobName = (body: string) => `blobs/sha256/${hexOf(sha256(Buffer.from(body)))}`;
const LAYOUT = [file("oci-layout", "{}"), file("index.json", '{"schemaVersion":2,"manifests":[]}')];

const HOSTILE: readonly (readonly [string, readonly TarEntry[], string])[] = [
  ["a path that leads out", [...LAYOUT, file("../../evil", "x")], '"../../evil"'],
  ["an absolute path", [...LAYOUT, file("/etc/cron.d/evil", "x")], "no OCI layout has"],
  ["a path through blobs", [...LAYOUT, file("blobs/sha256/../../../evil", "x")], "no OCI layout has"],
  ["a file of ours", [...LAYOUT, file(".prepared/x", "x")], '".prepared/x"'],
  ["a symbolic link", [special("blobs/sha256", "symlink"), ...LAYOUT], "symlink"],
  ["a link in a blob's place", [special(blobName("x"), "link"), ...LAYOUT], "holds a link"],
  ["a device", [special("index.json", "character-device"), ...LAYOUT], "character-device"],
  ["a pipe", [special("index.json", "fifo"), ...LAYOUT], "fifo"],
  ["a wrong digest", [...LAYOUT, file(blobName("x"), "y")], "other bytes"],
  ["a file twice", [...LAYOUT, file("index.json", "{}")], "index.json twice"],
  ["no index", [file("oci-layout", "{}")], "has no index.json"],
  ["nothing", [], "has no oci-layout"],
  ["an index too large", [...LAYOUT.slice(0, 1), file("index.json", "x".repeat(5 * 2 ** 20))], "is larger"],
  ["a marker too large", [file("oci-layout", "x".repeat(5000))], "is larger"],
];

test.each(HOSTILE)(
  "an archive with %s is refused, and nothing is written beside",
  async (_, entries, message) => {
    await writeFile(at("hostile.tar"), await packTar(entries));
    await expect(unpackArchive(at("hostile.tar"), at("in/out"))).rejects.toMatchObject({
      kind: "badArchive",
      message: expect.stringContaining(message),
    });
    const { stdout } = await execa("find", [folder, "-not", "-path", `${at("in/out")}*`, "-type", "f"]);
    expect(stdout).toBe(at("hostile.tar"));
  },
);

test("one that says more bytes than it has, or ends in between, or isn't tar at all, is refused", async () => {
  const whole = Buffer.from(await packTar([...LAYOUT, file(blobName("x".repeat(9000)), "x".repeat(9000))]));
  const huge = Buffer.from(await packTar([file(blobName("x"), "x", {})]));
  huge.write("77777777777", 124, "latin1"); // 8 GiB, and a checksum that doesn't hold any more
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(flipped.readUInt8(2) ^ 1, 2);
  const broken = [
    whole.subarray(0, whole.length - 6000),
    huge,
    flipped,
    Buffer.from("no tar"),
    Buffer.alloc(0),
  ];
  for (const bytes of broken) {
    await rm(at("out"), { recursive: true, force: true });
    await writeFile(at("broken.tar"), bytes);
    await expect(unpackArchive(at("broken.tar"), at("out"))).rejects.toMatchObject({ kind: "badArchive" });
  }
});

test("a declared size is refused before a byte of it is read", async () => {
  const header = Buffer.from(await packTar([{ header: { name: blobName("x"), size: 0, type: "file" } }]));
  header.write("00777777777 ", 124, "latin1"); // 128 MiB
  header.write("        ", 148, "latin1");
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  await writeFile(at("big.tar"), header.subarray(0, 512));
  await expect(unpackArchive(at("big.tar"), at("out"))).rejects.toMatchObject({
    kind: "badArchive",
    message: expect.stringContaining("134217727 bytes"),
  });
});

test("what is compressed is named, and a pipe keeps nobody waiting", async () => {
  await writeFile(at("c.tar"), gzipSync(await packTar(LAYOUT)));
  await expect(unpackArchive(at("c.tar"), at("out"))).rejects.toMatchObject({
    message: expect.stringContaining("is compressed"),
    todo: expect.stringContaining("plain .tar"),
  });
  await execa("mkfifo", [at("pipe.tar")]);
  await expect(unpackArchive(at("pipe.tar"), at("out2"))).rejects.toMatchObject({ kind: "badArchive" });
  await expect(unpackArchive(at("none.tar"), at("out3"))).rejects.toMatchObject({ code: "ENOENT" });
  await symlink("/dev/zero", at("zero.tar"));
  await expect(unpackArchive(at("zero.tar"), at("out4"))).rejects.toMatchObject({ kind: "badArchive" });
});

test("a short tag needs a home", async () => {
  await openStore(at("store")).put(module, REFERENCE);
  const index = at("store/index.json");
  await writeFile(index, (await readFile(index, "utf8")).replace("r.example/genie/scorer:1", "1.0"));
  await expect(listRoots(at("store"), undefined)).rejects.toMatchObject({
    kind: "badArchive",
    todo: expect.stringContaining("--repository"),
  });
  expect(await listRoots(at("store"), { host: "r.example", repository: "a/b" })).toEqual([
    { digest: module.digest, reference: parseReference("r.example/a/b:1.0") },
  ]);
  expect((await stat(at("store/index.json"))).isFile()).toBe(true);
});

test("an archive in which nothing has a name is refused, and not passed over in silence", async () => {
  await openStore(at("store")).put(module, REFERENCE);
  const index = at("store/index.json");
  const nameless = (await readFile(index, "utf8")).replace("org.opencontainers.image.ref.name", "any.other");
  for (const text of [nameless, '{"schemaVersion":2,"manifests":[]}']) {
    await writeFile(index, text);
    await expect(listRoots(at("store"), undefined)).rejects.toMatchObject({ kind: "badArchive" });
  }
});

test("a file larger than any archive isn't read", async () => {
  await writeFile(at("a.tar"), "");
  await truncate(at("a.tar"), 2 ** 40);
  await expect(unpackArchive(at("a.tar"), at("out"))).rejects.toMatchObject({
    kind: "badArchive",
    message: expect.stringContaining("is larger than an archive of modules"),
  });
});

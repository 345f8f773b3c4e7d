import { glob, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";

/** Where the launchers lie in an unpacked package. */
export const LAUNCHER_FOLDER = "bin-with-libraries";

const DOWNLOAD_MS = 120_000;
const EXTRACT_MS = 60_000;

/** Each program of the system needs them, and they belong to its dynamic linker. */
const PRESENT: readonly string[] = ["libc6", "libgcc-s1", "libcrypt1"];

/** Of libraries that need libraries. */
const MOST_ROUNDS = 20;

const PARTIAL = ".partial-";
/** No fetch takes as long as this: its process was killed. */
const STALE_MS = 3_600_000;

export interface DebianPackage {
  readonly name: string;
  /** Programs of the package that need its libraries; each gets a launcher in LAUNCHER_FOLDER. */
  readonly programsWithLibraries: readonly string[];
  /** Packages that are unpacked into the same folder. */
  readonly companions?: readonly string[];
}

/** Fetches a Debian package and unpacks it as `cacheDir/NAME`, without installing it. */
export async function fetchPackage(wanted: DebianPackage, cacheDir: string): Promise<void> {
  const { name, programsWithLibraries, companions = [] } = wanted;
  await mkdir(cacheDir, { recursive: true });
  const temporary = await mkdtemp(path.join(cacheDir, PARTIAL));
  await using _undo = { [Symbol.asyncDispose]: () => rm(temporary, { recursive: true, force: true }) };
  const unpacked = path.join(temporary, "unpacked");
  await download([name, ...companions], temporary);
  if (programsWithLibraries.length > 0) await downloadLibraries(temporary);
  for (const archive of await listFound("*.deb", temporary)) {
    await execa("dpkg-deb", ["-x", archive, unpacked], { cwd: temporary, timeout: EXTRACT_MS });
  }
  for (const program of programsWithLibraries) await addLauncher(program, unpacked);
  await renameUnlessThere(unpacked, path.join(cacheDir, name));
}

/** Removes what fetches left that were killed long ago. */
export async function sweepPartial(cacheDir: string): Promise<void> {
  const names = (await unlessMissing(readdir(cacheDir))) ?? [];
  for (const name of names.filter((each) => each.startsWith(PARTIAL))) {
    const folder = path.join(cacheDir, name);
    const found = await unlessMissing(stat(folder)); // missing: its fetch has just ended
    if (found !== undefined && found.mtimeMs < Date.now() - STALE_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

/** Downloads the libraries of the packages in the folder, then theirs, until nothing is missing. */
async function downloadLibraries(folder: string): Promise<void> {
  const known = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const archives = (await listFound("*.deb", folder)).filter((archive) => !known.has(archive));
    if (archives.length === 0) return;
    const wanted = new Set<string>();
    for (const archive of archives) {
      known.add(archive);
      for (const library of await listLibraries(archive, folder)) wanted.add(library);
    }
    const have = [...known].map((archive) => archive.split("_")[0]);
    const missing = [...wanted].filter((library) => !have.includes(library));
    if (missing.length > 0) await download(missing, folder);
  }
  throw new Error(`libraries in ${folder} still lack others after ${MOST_ROUNDS} rounds`);
}

/** The libraries that a downloaded package depends on directly. */
async function listLibraries(archive: string, folder: string): Promise<readonly string[]> {
  const { stdout } = await execa("dpkg-deb", ["--field", archive, "Depends"], {
    cwd: folder,
    timeout: EXTRACT_MS,
  });
  const names = stdout.split(",").map((dependency) => dependency.trim().split(/[ |:(]/)[0] ?? "");
  return names.filter((dependency) => /^lib.*\d/.test(dependency) && !PRESENT.includes(dependency));
}

/** The package's own fonts and no others: text looks the same everywhere. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
const FONTS_CONFIG = "fonts.conf";

async function addLauncher(program: string, unpacked: string): Promise<void> {
  const found = await listFound(`{bin,sbin,usr/bin,usr/sbin,usr/lib/*}/${program}`, unpacked);
  const inPackage = found.find((file) => file.startsWith("usr/lib/")) ?? found[0] ?? ""; // what is in bin starts it
  const libraryDirs = await listFound("{lib,usr/lib}/*-linux-*{,/pulseaudio}", unpacked);
  const searched = libraryDirs.map((folder) => `$here/${folder}`).join(":");
  const [extensions] = await listFound("usr/lib/*-linux-*/xtables", unpacked);
  const xtables = extensions === undefined ? "" : ` XTABLES_LIBDIR="$here/${extensions}"`;
  const script = `#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
export LD_LIBRARY_PATH="${searched}" FONTCONFIG_FILE="$here/${FONTS_CONFIG}"${xtables}
exec "$here/${inPackage}" "$@"
`;
  await writeFile(path.join(unpacked, FONTS_CONFIG), FONTS);
  await mkdir(path.join(unpacked, LAUNCHER_FOLDER), { recursive: true });
  await writeFile(path.join(unpacked, LAUNCHER_FOLDER, program), script, { mode: 0o755 });
}

/** Paths below `folder`, without symbolic links: those of a package lead to where it would be installed. */
async function listFound(pattern: string, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of glob(pattern, { cwd: folder, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) found.push(path.relative(folder, path.join(entry.parentPath, entry.name)));
  }
  return found;
}

/** Takes the machine's package lists, or lists of our own where these are missing or out of date. */
async function download(names: readonly string[], folder: string): Promise<void> {
  const cache = ["-o", `Dir::Cache=${folder}/cache`, "-o", "APT::Sandbox::User="];
  const lists = ["-o", `Dir::State::Lists=${folder}/lists`];
  const options = { cwd: folder, timeout: DOWNLOAD_MS, env: { LC_ALL: "C" } };
  await mkdir(path.join(folder, "cache", "archives", "partial"), { recursive: true });
  await mkdir(path.join(folder, "lists", "partial"), { recursive: true });
  const first = await execa("apt-get", ["-q", ...cache, "download", ...names], { ...options, reject: false });
  if (first.exitCode === 0) return;
  await execa("apt-get", ["-q", ...cache, ...lists, "-o", "APT::Update::Error-Mode=any", "update"], options);
  await execa("apt-get", ["-q", ...cache, ...lists, "download", ...names], options);
}

/** Another run may have been quicker: its folder is as good as ours. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(findErrno(error) ?? "")) throw error;
  }
}

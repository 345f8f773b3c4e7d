import { glob, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { findErrno } from "../../core/errors.ts";

const DOWNLOAD_MS = 120_000;
const EXTRACT_MS = 60_000;

/** Fetches a Debian package and unpacks it as `cacheDir/NAME`, without installing it. Once a cache. */
export async function fetchPackage(name: string, cacheDir: string): Promise<string> {
  const target = path.join(cacheDir, name);
  await mkdir(cacheDir, { recursive: true });
  const temporary = await mkdtemp(path.join(cacheDir, ".partial-"));
  await using _undo = { [Symbol.asyncDispose]: () => rm(temporary, { recursive: true, force: true }) };
  await download(name, temporary);
  const unpacked = path.join(temporary, "unpacked");
  for await (const archive of glob(path.join(temporary, "*.deb"))) {
    await execa("dpkg-deb", ["-x", archive, unpacked], { timeout: EXTRACT_MS });
  }
  await renameUnlessThere(unpacked, target);
  return target;
}

/** Takes the machine's package lists, or lists of our own where these are missing or out of date. */
async function download(name: string, folder: string): Promise<void> {
  const cache = ["-o", `Dir::Cache=${folder}/cache`, "-o", "APT::Sandbox::User="];
  const lists = ["-o", `Dir::State::Lists=${folder}/lists`];
  const options = { cwd: folder, timeout: DOWNLOAD_MS, env: { LC_ALL: "C" } };
  await mkdir(path.join(folder, "cache", "archives", "partial"), { recursive: true });
  await mkdir(path.join(folder, "lists", "partial"), { recursive: true });
  const first = await execa("apt-get", ["-q", ...cache, "download", name], { ...options, reject: false });
  if (first.exitCode === 0) return;
  await execa("apt-get", ["-q", ...cache, ...lists, "update"], options);
  await execa("apt-get", ["-q", ...cache, ...lists, "download", name], options);
}

/** Another run may have been quicker: its folder is as good as ours. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(findErrno(error) ?? "")) throw error;
  }
}

import { access, constants } from "node:fs/promises";
import path from "node:path";
import { ExecaError } from "execa";
import { findErrno } from "../../core/errors.ts";
import { CLONE_DIR } from "./build.ts";
import { fetchPackage, LAUNCHER_FOLDER, sweepPartial } from "./debian-package.ts";
import { CHROMIUM, IPTABLES, NEEDS, RUNTIMES, SKOPEO, type Need, type NeedName } from "./needs.ts";

/** Absolute paths of what the tests and the demo run. */
export interface Tools extends Readonly<Record<Exclude<NeedName, "cniPlugins">, string>> {
  readonly cniPluginDir: string;
}

/** Something the set-up needs is missing and can't be fetched. The message is one line with the remedy. */
export class MissingToolError extends Error {
  override readonly name = "MissingToolError";
}

const CACHE_DIR = path.join(CLONE_DIR, ".cache/tools");
const FOLDERS_IN_PACKAGE = [LAUNCHER_FOLDER, "usr/lib/cni", "usr/bin", "usr/sbin", "bin", "sbin"];

/** Finds every tool on this system or in the clone's cache, and fetches what neither has. */
export async function ensureTools(say: (line: string) => void = console.error): Promise<Tools> {
  await sweepPartial(CACHE_DIR);
  const folderOf = (name: NeedName) => ensureFolder(NEEDS[name], say);
  const programPath = async (name: NeedName): Promise<string> => {
    return path.join(await folderOf(name), NEEDS[name].files[0]);
  };
  return {
    cniPluginDir: await folderOf("cniPlugins"),
    dockerRegistry: await programPath("dockerRegistry"),
    ping: await programPath("ping"),
    ip: await programPath("ip"),
    nsenter: await programPath("nsenter"),
    unshare: await programPath("unshare"),
    setpriv: await programPath("setpriv"),
    script: await programPath("script"),
    openssl: await programPath("openssl"),
    strace: await programPath("strace"),
  };
}

/** The browser in which web pages are tested; found or fetched as the tools are. */
export async function ensureChromium(say: (line: string) => void = console.error): Promise<string> {
  return path.join(await ensureFolder(CHROMIUM, say), CHROMIUM.files[0] ?? "");
}

/** The tool that copies images between registries and layouts. */
export async function ensureSkopeo(say: (line: string) => void = console.error): Promise<string> {
  return path.join(await ensureFolder(SKOPEO, say), SKOPEO.files[0] ?? "");
}

/** The program that is iptables, ip6tables and the others: its first word says which. */
export async function ensureXtables(say: (line: string) => void = console.error): Promise<string> {
  return path.join(await ensureFolder(IPTABLES, say), IPTABLES.files[0] ?? "");
}

export interface ContainerdPrograms {
  readonly containerd: string;
  /** What it runs containers by. */
  readonly shim: string;
  readonly ctr: string;
}

/** Real container runtimes and what they run. The folders of `path` hold them all. */
export interface RuntimeTools extends ContainerdPrograms {
  readonly runc: string;
  readonly podman: string;
  readonly conmon: string;
  readonly busybox: string;
  readonly path: string;
}

/** The container runtimes; found or fetched as the tools are. */
export async function ensureRuntimes(say: (line: string) => void = console.error): Promise<RuntimeTools> {
  const [containerd, runc, podman, busybox] = [
    await ensureFolder(RUNTIMES.containerd, say),
    await ensureFolder(RUNTIMES.runc, say),
    await ensureFolder(RUNTIMES.podman, say),
    await ensureFolder(RUNTIMES.busybox, say),
  ];
  return {
    containerd: path.join(containerd, "containerd"),
    shim: path.join(containerd, "containerd-shim-runc-v2"),
    ctr: path.join(containerd, "ctr"),
    runc: path.join(runc, "runc"),
    podman: path.join(podman, "podman"),
    conmon: path.join(podman, "conmon"),
    busybox: path.join(busybox, "busybox"),
    path: [containerd, runc, podman].join(":"),
  };
}

async function ensureFolder(need: Need, say: (line: string) => void): Promise<string> {
  return (await findFolder(need)) ?? (await fetchFolder(need, say));
}

async function fetchFolder(need: Need, say: (line: string) => void): Promise<string> {
  const { debianPackage, files, withLibraries = false, companions = [] } = need;
  const missing = `${files[0]} is missing; install it with: apt-get install ${debianPackage}`;
  if ((await findIn(["/usr/bin", "/bin"], ["apt-get", "dpkg-deb"])) === undefined) {
    throw new MissingToolError(missing);
  }
  say(`fetching ${debianPackage} into .cache/tools …`);
  try {
    const programsWithLibraries = withLibraries ? files : [];
    await fetchPackage({ name: debianPackage, programsWithLibraries, companions }, CACHE_DIR);
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    throw new MissingToolError(`${missing} (fetching it failed: ${lastLine(error)})`, { cause: error });
  }
  const folder = await findFolder(need);
  if (folder === undefined) throw new MissingToolError(`${missing} (the fetched package does not hold it)`);
  return folder;
}

function lastLine(error: ExecaError): string {
  const words = typeof error.stderr === "string" && error.stderr !== "" ? error.stderr : error.shortMessage;
  return words.trim().split("\n").at(-1) ?? "";
}

function findFolder({ folders, files, debianPackage }: Need): Promise<string | undefined> {
  const fetched = FOLDERS_IN_PACKAGE.map((folder) => path.join(CACHE_DIR, debianPackage, folder));
  return findIn([...folders, ...fetched], files);
}

/** The first folder that holds all the files as programs that we may run. */
async function findIn(folders: readonly string[], files: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const runnable = await Promise.all(files.map((file) => isRunnable(path.join(folder, file))));
    if (runnable.every(Boolean)) return folder;
  }
  return undefined;
}

async function isRunnable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(findErrno(error) ?? "")) return false;
    throw error;
  }
}

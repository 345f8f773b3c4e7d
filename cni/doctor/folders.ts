import { constants, type Stats } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { hasModules } from "../../core/select/selection-config.ts";
import { isWritableByOthers } from "../private-folder.ts";
import { type Finding, ok, problem, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

/** A pod takes a few kilobytes; a module store takes a few megabytes. */
const FEW_BYTES = 64 * 2 ** 20;
const TOO_FEW_BYTES = 2 ** 20;
/** Source: statfs(2). */
const NAME_BY_TYPE: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
  [0xef53, "ext"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x794c7630, "overlay"],
  [0x2fc12fc1, "zfs"],
  [0x6969, "nfs"],
]);
const IN_MEMORY = ["tmpfs", "ramfs"];

interface Folder {
  readonly check: string;
  readonly folder: string;
  /** What it means that the folder isn't there. */
  readonly missing: Omit<Finding, "check" | "detail">;
  readonly isWritten: boolean;
  readonly isState?: true;
}

/** The three folders of genie: there, safe, writable where genie writes, and on a disk that has room. */
export async function checkFolders({ folders, config }: Subject): Promise<readonly Finding[]> {
  const isChosen = config !== undefined && hasModules(config.genie.selection);
  const made = { state: "ok", todo: "" } as const;
  const noNetworks = { state: "problem", todo: "put the configurations of networks there" } as const;
  const noModules = { state: "problem", todo: "run geniectl pull --config FILE" } as const;
  const all: readonly Folder[] = [
    { check: "folder confDir", folder: folders.confDir, missing: noNetworks, isWritten: false },
    { check: "folder stateDir", folder: folders.stateDir, missing: made, isWritten: true, isState: true },
    {
      check: "folder moduleStore",
      folder: folders.moduleStore,
      missing: isChosen ? noModules : made,
      isWritten: false,
    },
  ];
  return (await Promise.all(all.map(checkFolder))).flat();
}

async function checkFolder(one: Folder): Promise<readonly Finding[]> {
  const { check, folder, missing, isWritten } = one;
  const stats = await unlessMissing(stat(folder));
  if (stats === undefined) {
    const detail = `${folder} isn't there${isWritten ? " yet: the first call makes it" : ""}`;
    return [{ check, detail, ...missing }, ...(await checkParent(one))];
  }
  if (!stats.isDirectory()) {
    return [
      problem(check, { detail: `${folder} is no folder`, todo: "take it away, or name another folder" }),
    ];
  }
  const detail = `${folder} belongs to uid ${stats.uid}, mode ${(stats.mode & 0o7777).toString(8)}`;
  return [
    findUnsafe(one, stats) ?? ok(check, detail),
    ...(isWritten ? await checkWritable(one, folder) : []),
    await checkDisk(one, folder),
  ];
}

/** Whoever may write there tells root what to run. */
function findUnsafe({ check, folder }: Folder, { uid, gid, mode }: Stats): Finding | undefined {
  if (uid === process.geteuid?.() && !isWritableByOthers({ gid, mode })) return undefined;
  const detail = `${folder} isn't safe: it belongs to uid ${uid} and has mode ${(mode & 0o7777).toString(8)}`;
  return problem(check, {
    detail,
    todo: "run as genie's own user, root; give it to root, and take others' right to write",
  });
}

/** What isn't there yet is made in the closest parent that is. */
async function checkParent(one: Folder): Promise<readonly Finding[]> {
  if (!one.isWritten) return [];
  let parent = path.dirname(one.folder);
  while ((await unlessMissing(stat(parent))) === undefined && parent !== path.dirname(parent)) {
    parent = path.dirname(parent);
  }
  return [...(await checkWritable(one, parent)), await checkDisk(one, parent)];
}

async function checkWritable({ check }: Folder, folder: string): Promise<readonly Finding[]> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const code = findErrno(error);
    if (code === undefined) throw error;
    const todo = "give it to root on a disk that is mounted for writing, or set genie.stateDir";
    return [problem(`${check}, writing`, { detail: `nobody like us may write to ${folder}: ${code}`, todo })];
  }
}

async function checkDisk({ check: of, isWritten, isState }: Folder, folder: string): Promise<Finding> {
  const check = `${of}, disk`;
  const { type, bsize, bavail, ffree, files } = await statfs(folder);
  const name = NAME_BY_TYPE.get(type) ?? `type 0x${type.toString(16)}`;
  const freeBytes = bsize * bavail;
  const detail = `${name}, ${Math.floor(freeBytes / 2 ** 20)} MiB free`;
  const isFull = freeBytes < TOO_FEW_BYTES || (files > 0 && ffree === 0);
  if (isFull && isWritten) return problem(check, { detail: `${detail}, ${ffree} files`, todo: "make room" });
  if (freeBytes < FEW_BYTES) return warning(check, { detail, todo: "make room" });
  if (isState !== true || !IN_MEMORY.includes(name)) return ok(check, detail);
  return warning(check, {
    detail: `${detail}: a reboot forgets what was attached`,
    todo: "set genie.stateDir to a disk: else addresses that plugins keep on disk stay taken after a reboot",
  });
}

import { lstat, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessCode } from "../core/missing.ts";
import type { Kernel } from "../core/ports.ts";

/** What a process shows that has just ended, or that belongs to somebody else. */
const HIDDEN = ["ENOENT", "ESRCH", "EACCES", "EPERM"];
const NOTHING_THERE = ["ENOENT", "ENOTDIR"];

/** The kernel of this machine. @throws {Failure} ioFailure where it can't be asked. */
export function openKernel(): Kernel {
  let bootId: Promise<string> | undefined;
  return {
    bootId: () => (bootId ??= orIoFailure("the boot ID can't be read", readBootId)),
    identify: (file) => orIoFailure(`the namespace ${file} can't be read`, () => identify(file)),
    locate: (file) => orIoFailure(`the folder of ${file} can't be read`, () => locate(file)),
    isInhabited: (identity) => orIoFailure("/proc can't be read", () => isInhabited(identity)),
  };
}

/** Source: proc(5), `/proc/sys/kernel/random/boot_id`. */
async function readBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}

/**
 * Device and inode, and the inode's time where a mount keeps the inode: the kernel gives the number of a namespace
 * that has gone to the next one. A link into /proc keeps none, so its time is a new one at every look.
 */
async function identify(file: string): Promise<string> {
  const link = await unlessCode(lstat(file), NOTHING_THERE);
  if (link === undefined) return "";
  const stats = await unlessCode(stat(file, { bigint: true }), NOTHING_THERE);
  return toIdentity(stats, !link.isSymbolicLink());
}

/** What lies in /proc goes with its process: there /proc itself tells whether the same processes are seen. */
async function locate(file: string): Promise<string> {
  const folder = file.startsWith("/proc/") ? "/proc" : path.dirname(file);
  return toIdentity(await unlessCode(stat(folder, { bigint: true }), NOTHING_THERE), false);
}

/** Asked of the number alone, since a process keeps no time either: one that is used again counts as inhabited. */
async function isInhabited(identity: string): Promise<boolean> {
  const [inode] = identity.split("@");
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stats = await unlessCode(stat(path.join("/proc", name, "ns/net"), { bigint: true }), HIDDEN);
    if (stats !== undefined && toIdentity(stats, false) === inode) return true;
  }
  return false;
}

function toIdentity(stats: Stats | undefined, isTimed: boolean): string {
  if (stats === undefined) return "";
  const { dev, ino, ctimeNs } = stats;
  return isTimed ? `${dev}:${ino}@${ctimeNs}` : `${dev}:${ino}`;
}

interface Stats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly ctimeNs: bigint;
}

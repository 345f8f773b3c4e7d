import { constants } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { unlessMissing } from "../core/missing.ts";
import type { Device, DeviceFiles, Log } from "../core/ports.ts";
import { findJsonObject } from "../core/spec/json.ts";
import { readBounded } from "../registry/file/bounded-file.ts";

/** Where the NPWG's programs look. Source: NPWG device information specification. */
const DEVICE_INFO_DIR = "/var/run/k8s.cni.cncf.io/devinfo";
const MOST_BYTES = 64 * 1024;

/** The files on this node. @param dir in which `dp` is the device plugins' and `cni` the attachments'. */
export function openDeviceFiles(log: Log, dir = DEVICE_INFO_DIR): DeviceFiles {
  const own = path.join(dir, "cni");
  const orWarn = <T>(act: () => Promise<T>) => unlessDiskFails(act, log);
  return {
    locate: ({ network, ...attached }) => path.join(own, `${toPart(network)}${toEnd(attached)}`),
    begin: (file, device) =>
      orWarn(async () => {
        await rm(file, { force: true });
        const told = device === undefined ? undefined : await readSmall(locateTold(dir, device));
        if (told === undefined) return;
        await mkdir(own, { recursive: true });
        await writeFile(file, told, { flag: "wx" });
      }),
    find: (file) => orWarn(async () => findJsonObject((await readSmall(file)) ?? "")),
    remove: (file, attached) =>
      orWarn(async () => {
        const isOwn = path.dirname(file) === own && file.endsWith(toEnd(attached));
        if (isOwn) await rm(file, { force: true });
      }),
  };
}

function locateTold(dir: string, { resource, id }: Device): string {
  return path.join(dir, "dp", `${toPart(resource)}-${toPart(id)}-device.json`);
}

/** Of the name of a file: which attachment it is about. Source: NPWG device information specification. */
function toEnd({ containerId, ifName }: { containerId: string; ifName: string }): string {
  return `-${containerId}_${toPart(ifName)}`;
}

/** One part of a path. */
function toPart(text: string): string {
  return text.replaceAll("/", "-").replaceAll("\0", "-");
}

/**
 * Undefined where there is none, or one that is none of a device. No link is followed: device plugins write here from
 * containers, and what root reads is told to everybody.
 */
async function readSmall(file: string): Promise<string | undefined> {
  const bytes = await unlessMissing(readBounded(file, MOST_BYTES, constants.O_NOFOLLOW));
  return Buffer.isBuffer(bytes) ? bytes.toString("utf8") : undefined;
}

/** What is told of devices is worth a warning and no failed pod. */
async function unlessDiskFails<T>(act: () => Promise<T>, log: Log): Promise<T | undefined> {
  try {
    return await act();
  } catch (err) {
    if (findErrno(err) === undefined) throw err;
    log.warn({ err }, "what is known of a device could not be read or written");
    return undefined;
  }
}

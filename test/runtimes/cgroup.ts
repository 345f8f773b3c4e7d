import { randomUUID } from "node:crypto";
import { readdir, rmdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";

const ROOT = "/sys/fs/cgroup";

/** The cgroup at the top of each hierarchy in which the containers of this process are: runtimes leave it behind. */
export const CONTAINERS_CGROUP = `genie-test-${randomUUID()}`;

/** With that of podman's monitors in it. */
const LEFT_BEHIND = [path.join(CONTAINERS_CGROUP, "conmon"), CONTAINERS_CGROUP];

/** For monitors that are about to end. */
const EMPTY_MS = 10_000;
const POLL_MS = 50;

/** Removes it, once no container is left. */
export async function removeContainersCgroup(): Promise<void> {
  const hierarchies = (await readdir(ROOT, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const deadline = Date.now() + EMPTY_MS;
  for (const folder of ["", ...hierarchies.map(({ name }) => name)]) {
    for (const name of LEFT_BEHIND) {
      while (!(await hasRemoved(path.join(ROOT, folder, name), deadline))) await sleep(POLL_MS);
    }
  }
}

/** False while a process is in it, before the deadline. */
async function hasRemoved(cgroup: string, deadline: number): Promise<boolean> {
  try {
    await unlessMissing(rmdir(cgroup));
    return true;
  } catch (error) {
    if (findErrno(error) !== "EBUSY" || Date.now() > deadline) throw error;
    return false;
  }
}

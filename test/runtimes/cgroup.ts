import { randomUUID } from "node:crypto";
import { readdir, rmdir } from "node:fs/promises";
import path from "node:path";
import { unlessMissing } from "../../core/missing.ts";

const ROOT = "/sys/fs/cgroup";

/** The cgroup at the top of each hierarchy in which the containers of this process are: runtimes leave it behind. */
export const CONTAINERS_CGROUP = `genie-test-${randomUUID()}`;

/** Removes it, once no container is left. */
export async function removeContainersCgroup(): Promise<void> {
  const hierarchies = (await readdir(ROOT, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const folder of ["", ...hierarchies.map(({ name }) => name)]) {
    await unlessMissing(rmdir(path.join(ROOT, folder, CONTAINERS_CGROUP)));
  }
}

import { readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

/** A process in a network namespace of its own, as Mesos' containerizer makes one. Ends at disposal. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  readonly pid: number;
}

const START_MS = 10_000;
const POLL_MS = 10;

export async function startContainer(id: string): Promise<Container> {
  const started = execa("unshare", ["--net", "sleep", "1000"], { reject: false });
  const { pid = 0 } = started;
  const deadline = Date.now() + START_MS;
  while ((await readNamespace(pid)) === (await readNamespace("self"))) {
    if (Date.now() > deadline) throw new Error(`container ${id} has no namespace after ${START_MS} ms`);
    await sleep(POLL_MS);
  }
  return {
    id,
    pid,
    async [Symbol.asyncDispose]() {
      started.kill("SIGKILL");
      await started;
    },
  };
}

function readNamespace(pid: number | "self"): Promise<string> {
  return readlink(`/proc/${pid}/ns/net`);
}

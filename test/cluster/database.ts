import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";
import { findFreePort } from "../setup/free-port.ts";
import { runProgram } from "./program.ts";

const START_MS = 60_000;
const POLL_MS = 50;

export interface Database extends AsyncDisposable {
  readonly url: string;
}

/** Starts a real etcd of one member on loopback, with its data in `dir`. Nothing of it is meant to survive. */
export async function startDatabase(program: string, dir: string): Promise<Database> {
  const [clients, peers] = [await findFreePort(), await findFreePort()].map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const url = clients ?? "";
  const log = path.join(dir, "etcd.log");
  const words = [
    `--data-dir=${path.join(dir, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
  const server = runProgram(program, words, log);
  const deadline = Date.now() + START_MS;
  while (!(await isHealthy(url))) {
    if (server.hasEnded() || Date.now() > deadline) {
      await server.stop();
      throw new Error(`etcd did not start at ${url}; see ${log}`);
    }
    await sleep(POLL_MS);
  }
  return { url, [Symbol.asyncDispose]: server.stop };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false; // not listening yet, or slow
    throw error;
  }
}

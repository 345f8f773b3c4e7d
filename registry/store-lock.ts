import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findErrno } from "../core/errors.ts";
import { RegistryFailure } from "./errors.ts";

const WAIT_MS = 15_000;
const PAUSE_MS = 5;

/**
 * Runs `work` while no other process does so for the same folder.
 *
 * The lock is a socket that its holder listens on, under a number that only grows: whoever links the next number to
 * its own socket holds the lock. A holder that is killed stops listening, because the kernel says so, whatever
 * process or network namespace it lived in; the last number is never removed, so that nobody can take a turn twice.
 *
 * @throws {RegistryFailure} storeBusy after 15 s.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  await using handle = await open(folder, "r");
  const short = `/proc/self/fd/${handle.fd}`; // the path of a socket has room for 107 bytes
  const own = randomUUID();
  await using _listener = await listen(path.join(short, own));
  const endsAt = Date.now() + WAIT_MS;
  while (!(await takeTurn(short, own))) {
    if (Date.now() > endsAt)
      throw new RegistryFailure("storeBusy", `${folder} was held for ${WAIT_MS / 1000} s`);
  }
  return await work();
}

/** One try; when the lock is held, waits for its holder's end instead. */
async function takeTurn(folder: string, own: string): Promise<boolean> {
  const last = Math.max(0, ...(await listTurns(folder)));
  if (last > 0 && (await waitForHolder(path.join(folder, String(last)))) === "held") return false;
  const mine = path.join(folder, String(last + 1));
  try {
    await link(path.join(folder, own), mine);
  } catch (error) {
    if (findErrno(error) === "EEXIST") return false;
    throw error;
  }
  const turns = await listTurns(folder);
  if (Math.max(...turns) > last + 1) {
    await rm(mine, { force: true }); // we had slept, and the number we saw last was swept away since
    return false;
  }
  for (const turn of turns) if (turn <= last) await rm(path.join(folder, String(turn)), { force: true });
  return true;
}

async function listTurns(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^\d{1,15}$/.test(name)).map(Number);
}

/** "free" when nobody listens; "held" after the holder has closed, or after a while, for another look. */
function waitForHolder(file: string): Promise<"free" | "held"> {
  const { promise, resolve, reject } = Promise.withResolvers<"free" | "held">();
  const socket = net.connect(file);
  socket.setTimeout(1000, () => socket.destroy());
  socket.once("close", () => resolve("held"));
  socket.once("error", (error) => {
    const code = findErrno(error);
    if (code === "ECONNREFUSED") resolve("free");
    else if (code === "ECONNRESET" || code === "ENOENT") resolve("held");
    else if (code === "EAGAIN") resolve(sleep(PAUSE_MS, "held"));
    else reject(error);
  });
  socket.resume();
  return promise;
}

async function listen(file: string): Promise<AsyncDisposable> {
  const waiting = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    waiting.add(socket);
    socket.once("close", () => waiting.delete(socket));
    socket.on("error", () => socket.destroy()); // a waiter that went away is no concern of ours
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ path: file, backlog: 1024 }, resolve);
  await promise;
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of waiting) socket.destroy();
      await closed;
    },
  };
}

import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findErrno } from "../core/errors.ts";
import { RegistryFailure } from "./errors.ts";

const WAIT_MS = 15_000;
/** After this long a waiter looks again, in case it was not told of the holder's end. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Takes the lock that lives in `folder`, among all processes of the machine, until it's disposed.
 *
 * The lock is a socket that its holder listens on, under a number that only grows: whoever links the next number to
 * its own socket holds the lock. A holder that is killed stops listening, whatever namespaces it lived in: the
 * kernel sees to it. The last number is never removed, so that no number is given out twice.
 *
 * @throws {RegistryFailure} storeBusy after 15 s
 */
export async function takeLock(folder: string): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const handle = stack.use(await open(folder, "r"));
  const short = `/proc/self/fd/${handle.fd}`; // the path of a socket has room for 107 bytes
  const own = randomUUID();
  stack.use(await listen(path.join(short, own)));
  const endsAt = performance.now() + WAIT_MS;
  while (!(await takeTurn(short, own))) {
    if (performance.now() > endsAt) throw new RegistryFailure("storeBusy", `${folder} stays locked`);
  }
  return stack.move();
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
    await rm(mine, { force: true }); // others took this number and more since we looked, and swept it away
    return false;
  }
  for (const turn of turns) if (turn <= last) await rm(path.join(folder, String(turn)), { force: true });
  return true;
}

async function listTurns(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^\d{1,15}$/.test(name)).map(Number);
}

/** "free" when nobody listens; "held" once the holder has closed, or after a while, for another look. */
function waitForHolder(file: string): Promise<"free" | "held"> {
  const { promise, resolve, reject } = Promise.withResolvers<"free" | "held">();
  const socket = net.connect(file);
  socket.setTimeout(LOOK_AGAIN_MS, () => socket.destroy());
  socket.once("error", (error) => {
    const code = findErrno(error);
    if (code === "ECONNREFUSED") resolve("free");
    else if (code === "EAGAIN") resolve(sleep(10, "held")); // more are waiting than its queue has room for
    else if (code !== "ECONNRESET" && code !== "ENOENT") reject(error);
  });
  socket.once("close", () => resolve("held")); // comes after an error, and then changes nothing
  socket.resume();
  return promise;
}

async function listen(file: string): Promise<AsyncDisposable> {
  const waiters = new Set<net.Socket>();
  const server = net.createServer((waiter) => {
    waiters.add(waiter);
    waiter.once("close", () => waiters.delete(waiter));
    waiter.on("error", () => waiter.destroy()); // one that went away is no concern of ours
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ path: file, backlog: 1024 }, resolve);
  await promise;
  return {
    async [Symbol.asyncDispose]() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      for (const waiter of waiters) waiter.destroy();
      await closed;
    },
  };
}

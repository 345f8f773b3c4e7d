import { realpathSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import type { GuestEnd, GuestProcess } from "../core/sandbox/host/connection.ts";

/** Where the guest's own head looks for node and for the tools that confine it. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", GENIE_NODE: process.execPath };
const LAST_WORDS_LENGTH = 256;

/** V8's farewell has some 4 KiB. Whoever says more is not heard further: an idle guest could keep us busy for ever. */
const MOST_WORDS_BYTES = 64 * 2 ** 10;

export interface GuestOptions {
  /** Of V8's old generation; the program knows a usual one. */
  readonly heapMiB?: number;
}

/** What is known of a confined process on this node beyond what the core asks for. */
export interface ConfinedProcess extends GuestProcess {
  /** Of the head; undefined when it could not be started. */
  readonly pid: number | undefined;
}

/** Starts `genie-guest`, which confines itself before it runs anything. @param program when it isn't beside ours. */
export function spawnGuest(
  program = findProgram("genie-guest"),
  { heapMiB }: GuestOptions = {},
): ConfinedProcess {
  return spawnConfined(program, heapMiB === undefined ? [] : [String(heapMiB)]);
}

/** Starts `genie-transpiler`, which is as confined as a guest. @param program when it isn't beside ours. */
export function spawnTranspiler(program = findProgram("genie-transpiler")): GuestProcess {
  return spawnConfined(program, []);
}

function spawnConfined(program: string, words: readonly string[]): ConfinedProcess {
  const child = execa(program, words, {
    env: ENVIRONMENT,
    extendEnv: false,
    cwd: "/",
    buffer: false,
    encoding: "buffer",
    reject: false,
    stdin: "pipe",
  });
  let lastWords = "";
  let heardBytes = 0;
  child.stderr.on("data", (chunk: Buffer) => {
    lastWords = `${lastWords}${chunk.toString()}`.slice(-LAST_WORDS_LENGTH);
    heardBytes += chunk.length;
    if (heardBytes > MOST_WORDS_BYTES) child.stderr.destroy();
  });
  // A guest that is gone shows in `ended`, not here.
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid,
    write: (bytes) => void child.stdin.write(bytes),
    output: child.stdout,
    kill: () => {
      child.kill("SIGKILL");
      child.stdout.destroy(); // `child` settles only when nothing is left unread
    },
    ended: child.then(({ signal, exitCode, code }): GuestEnd => ({
      signal,
      exitCode,
      lastWords: lastWords.trim() || (code === undefined ? "" : `${code} ${program}`),
    })),
  };
}

/** Beside the file that runs, wherever a link to it lies. */
function findProgram(name: string): string {
  const running = process.argv[1];
  if (running === undefined) throw new Error("no program file to find others beside");
  return path.join(path.dirname(realpathSync(running)), name);
}

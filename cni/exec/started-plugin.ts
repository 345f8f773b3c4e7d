import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { Failure, findErrno } from "../../core/errors.ts";
import type { PluginCall } from "../../core/ports.ts";
import { endGroup } from "./group.ts";
import { type Heard, keepAll, keepTail } from "./output.ts";
import { pause } from "./pause.ts";

export const STDOUT_LIMIT_BYTES = 1024 * 1024;
const STDERR_KEPT_BYTES = 64 * 1024;
/** The runtime keeps all of it in its memory, so an endless one must end here. */
const STDERR_PASSED_BYTES = 1024 * 1024;
/** Whoever installs a plugin may still have it open for writing. */
const BUSY_RETRIES = 5;
const BUSY_PAUSE_MS = 1_000;

export interface PluginStart {
  readonly call: PluginCall;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets what the plugin writes to stderr, as it comes. */
  readonly pass: (bytes: Buffer) => void;
}

export interface PluginExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A plugin that runs and waits for its stdin. Disposal kills what is left of its process group. */
export interface StartedPlugin extends AsyncDisposable {
  /** Number of its process group; a group of its own, so that what it starts ends with it. */
  readonly group: number;
  readonly stdin: Writable;
  readonly stdout: Heard;
  /** The last 64 KiB. */
  readonly stderr: Heard;
  /** Aborted when stdout holds more than STDOUT_LIMIT_BYTES. */
  readonly overflow: AbortSignal;
  readonly exit: Promise<PluginExit>;
  /** Nobody holds its stdout or stderr any more. */
  readonly silence: Promise<unknown>;
  /** From now on our own end doesn't wait for its. */
  unref(): void;
}

/**
 * Starts a plugin; undefined when `stop` came first.
 *
 * @throws {Failure} delegateFailed when the kernel can't run it.
 */
export async function startPlugin(start: PluginStart, stop: AbortSignal): Promise<StartedPlugin | undefined> {
  for (let tries = 0; !stop.aborted; tries++) {
    const child = spawnPlugin(start);
    if (child.pid !== undefined) return listen(child, child.pid, start);
    const { cause } = await child;
    const why = findErrno(cause) ?? String(cause);
    if (why !== "ETXTBSY" || tries === BUSY_RETRIES) {
      const { verb, plugin } = start.call;
      throw new Failure("delegateFailed", `${verb} of plugin ${plugin} could not be started: ${why}`, {
        cause,
      });
    }
    await pause(BUSY_PAUSE_MS, stop);
  }
  return undefined;
}

function spawnPlugin({ file, env }: PluginStart) {
  return execa(file, [], {
    env,
    extendEnv: false,
    detached: true,
    stdin: "pipe",
    buffer: false,
    encoding: "buffer",
    reject: false,
  });
}

/** Listens from the first moment on: what nobody listens to flows away when the plugin exits. */
function listen(child: ReturnType<typeof spawnPlugin>, group: number, { pass }: PluginStart): StartedPlugin {
  const overflow = new AbortController();
  const onOverflow = (): void => overflow.abort();
  const streams: (Readable | Writable)[] = [child.stdin, child.stdout, child.stderr];
  for (const stream of streams) stream.on("error", () => undefined); // it may close them early
  return {
    group,
    stdin: child.stdin,
    stdout: keepAll(child.stdout, { limitBytes: STDOUT_LIMIT_BYTES, onOverflow }),
    stderr: keepTail(child.stderr, { keepBytes: STDERR_KEPT_BYTES, passBytes: STDERR_PASSED_BYTES, pass }),
    overflow: overflow.signal,
    exit: once(child.nodeChildProcess, "exit").then(([exitCode, signal]): PluginExit => ({
      exitCode,
      signal,
    })),
    silence: Promise.all([once(child.stdout, "close"), once(child.stderr, "close")]),
    unref: () => child.nodeChildProcess.unref(),
    async [Symbol.asyncDispose]() {
      await endGroup(group);
      for (const stream of streams) stream.destroy(); // one that left the group may hold them open
    },
  };
}

import { spawn } from "node:child_process"; // execa's types let us hand over no descriptor that is open already
import { once } from "node:events";
import type { Writable } from "node:stream";
import { orIoFailure } from "../core/io-failure.ts";

/**
 * What the watcher runs. Each line of its stdin replaces the process groups to watch; an empty one says that there is
 * none. At the end of its stdin those of the last line have `$1` × 50 ms to end by themselves, as one that is
 * killed while it writes leaves what its own DEL doesn't find: host-local an address without an owner. Then it kills
 * them, and goes when nothing of them is left, or after 10 s more.
 *
 * Field numbers as in proc(5), counted from behind the name: 1 state, 3 process group, 18 number of threads. A dead
 * leader whose threads still live is a zombie, too, and no longer harmless then: hence the threads.
 */
const WATCH = `
groups=
while read -r line; do groups=$line; done
kill_all() {
  for group in $groups; do
    case $group in 0* | 1 | *[!0-9]*) ;; *) kill -s KILL -- "-$group" ;; esac
  done
}
is_left() {
  for file in /proc/[0-9]*/stat; do
    read -r stat < "$file" || continue
    set -- \${stat##*) }
    case " $groups " in *" $3 "*) ;; *) continue ;; esac
    case $1 in [ZX]) [ "\${18}" -gt 1 ] || continue ;; esac
    return 0
  done
  return 1
}
[ "$groups" ] || exit 0
patience=$1
tries=0
while is_left && [ "$tries" -lt $((patience + 200)) ]; do
  [ "$tries" -lt "$patience" ] || kill_all
  sleep 0.05
  tries=$((tries + 1))
done
`;
const SHELL = "/bin/sh";
const STEP_MS = 50;
/** Longer than a plugin works that doesn't wait for others, shorter than callers wait for the lock. */
const GRACE_MS = 5000;

/**
 * A process besides ours that ends our delegates when we are killed and so can't. It holds a duplicate of a lock's
 * descriptor, and with it the lock, until that is done.
 */
export interface Warden extends Disposable {
  /**
   * Starts the process unless it runs already.
   *
   * @throws {Failure} ioFailure when the system lets us start none.
   */
  start(): Promise<void>;
  /** Returns once the process is sure to learn of this group, whatever happens to us. Given back when it has ended. */
  guard(group: number): Promise<AsyncDisposable>;
}

interface WardenOptions {
  /** An open file that the process holds as long as it runs. */
  readonly lockFd?: number;
  /** What delegates have for ending by themselves when we are gone. */
  readonly graceMs?: number;
}

/** Costs nothing until it is started. */
export function openWarden({ lockFd, graceMs = GRACE_MS }: WardenOptions = {}): Warden {
  const groups = new Set<number>();
  let watcher: Promise<Writable> | undefined;
  const start = async (): Promise<void> => {
    watcher ??= orIoFailure(`${SHELL}, which watches over plugins, could not be started`, () =>
      startWatcher(graceMs, lockFd),
    );
    await watcher;
  };
  const tell = async (): Promise<boolean> =>
    watcher !== undefined && (await isWritten(await watcher, `${[...groups].join(" ")}\n`));
  return {
    start,
    async guard(group) {
      if (!Number.isSafeInteger(group) || group <= 1) throw new Error(`${group} is no process group`);
      groups.add(group);
      if (!(await tell())) {
        watcher = undefined; // somebody has killed it
        await start();
        await tell();
      }
      return {
        async [Symbol.asyncDispose]() {
          groups.delete(group);
          await tell();
        },
      };
    },
    [Symbol.dispose]: () =>
      void watcher?.then(
        (stdin) => stdin.end(),
        () => undefined, // whoever started it knows
      ),
  };
}

/** Its stdin. It keeps nothing of ours open but the lock; our end and that of our process group aren't its own. */
async function startWatcher(graceMs: number, lockFd: number | undefined): Promise<Writable> {
  const child = spawn(SHELL, ["-c", WATCH, SHELL, String(Math.ceil(graceMs / STEP_MS))], {
    stdio: ["pipe", "ignore", "ignore", lockFd ?? "ignore"],
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  await once(child, "spawn");
  const { stdin } = child;
  if (stdin === null) throw new Error("node made no pipe");
  stdin.on("error", () => undefined); // one that was killed shows where we write to it
  child.unref();
  return stdin;
}

/** Is it in the pipe? From there it is read even when we are gone. */
function isWritten(stdin: Writable, line: string): Promise<boolean> {
  return new Promise((resolve) => void stdin.write(line, (error) => resolve(error == null)));
}

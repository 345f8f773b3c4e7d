import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { CLONE_DIR } from "./build.ts";
import { MissingToolError, type Tools } from "./tools.ts";

const STOPPING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Folders that the command sees empty; see inside.sh. */
const COVERED_FOLDERS = ["/run", "/var/lib"];

export interface IsolatedCommand {
  readonly command: readonly string[];
  readonly tools: Tools;
  readonly deadlineMs: number;
}

/**
 * Runs a command in network, mount, process and IPC namespaces of its own, with a temporary folder of its own.
 * Answers its exit code. Whatever ends this process, no process, interface or mount of the command outlives it.
 */
export async function runIsolated({ command, tools, deadlineMs }: IsolatedCommand): Promise<number> {
  const temporary = await realpath(await mkdtemp(path.join(tmpdir(), "genie-")));
  // Processes that were just killed may still be writing: hence the retries.
  const remove = () => rm(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  await using _undo = { [Symbol.asyncDispose]: remove };
  await chmod(temporary, 0o711); // passable as /tmp is: the guest process is another user
  await checkNamespaces(tools);
  using stop = onStoppingSignal();
  const inside = [path.join(import.meta.dirname, "inside.sh"), tools.ip, keptFolders(temporary)];
  const outcome = await execa(
    tools.setpriv,
    [...DIES_WITH_US, ...unshareWords(tools), ...inside, ...command],
    {
      cwd: CLONE_DIR,
      env: { PATH: searchPath(tools), TMPDIR: temporary, GENIE_NODE: process.execPath, GENIE_ISOLATED: "1" },
      stdio: "inherit",
      cancelSignal: stop.signal,
      timeout: deadlineMs,
      killSignal: "SIGKILL", // unshare blocks SIGTERM; its child dies with it
      reject: false,
    },
  );
  if (outcome.timedOut) console.error(`error: stopped after ${deadlineMs} ms: ${command.join(" ")}`);
  return stop.exitCode() ?? outcome.exitCode ?? 1;
}

const DIES_WITH_US = ["--pdeathsig", "KILL"];

function unshareWords(tools: Tools): [string, ...string[]] {
  const becomeRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const namespaces = ["--net", "--mount", "--ipc", "--pid", "--mount-proc", "--propagation", "private"];
  return [tools.unshare, ...becomeRoot, ...namespaces, "--fork", "--kill-child"];
}

/** @throws {MissingToolError} where the system lets us make no namespaces. */
async function checkNamespaces(tools: Tools): Promise<void> {
  const [program, ...words] = unshareWords(tools);
  const { exitCode, stderr } = await execa(program, [...words, "true"], { timeout: 10_000, reject: false });
  if (exitCode === 0) return;
  const remedy =
    "run it as root, or allow user namespaces (sysctl user.max_user_namespaces and kernel.*userns*)";
  throw new MissingToolError(`namespaces can't be made (${stderr.trim()}); ${remedy}`);
}

/** This node first; last the folders of the tools, for those that were found elsewhere than on PATH. */
function searchPath({ ip, nsenter, ping }: Tools): string {
  const folders = [ip, nsenter, ping].map((program) => path.dirname(program));
  return [path.dirname(process.execPath), process.env["PATH"] ?? "/usr/bin:/bin", ...new Set(folders)].join(
    ":",
  );
}

function keptFolders(temporary: string): string {
  const needed = [CLONE_DIR, path.dirname(process.execPath), temporary];
  return needed
    .filter((file) => COVERED_FOLDERS.some((covered) => file.startsWith(`${covered}/`)))
    .join("\n");
}

/** Turns the first signal that asks us to stop into an abort, so that what stands in `await using` is undone. */
function onStoppingSignal() {
  const abort = new AbortController();
  let exitCode: number | undefined;
  const listener = (signal: (typeof STOPPING_SIGNALS)[number]): void => {
    exitCode ??= 128 + constants.signals[signal];
    abort.abort();
  };
  for (const signal of STOPPING_SIGNALS) process.on(signal, listener);
  return {
    signal: abort.signal,
    exitCode: () => exitCode,
    [Symbol.dispose]: () => {
      for (const signal of STOPPING_SIGNALS) process.off(signal, listener);
    },
  };
}

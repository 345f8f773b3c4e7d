import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { Failure, findErrno } from "../core/errors.ts";
import type { Exec, PluginCall, PluginOutcome } from "../core/ports.ts";

/** Longer than any plugin that works: dhcp takes six seconds. Runtimes give up after two minutes or more. */
const DEADLINE_MS = 90_000;
const KILL_AFTER_MS = 2_000;
const OUTPUT_LIMIT_BYTES = 1024 * 1024;
const FIXED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Tells a genie that is called by genie, through whatever configuration. */
export const RECURSION_GUARD = "GENIE_CALLED_BY_GENIE";

/** Runs plugins as child processes of this one, with an environment of our own making. */
export const processExec: Exec = {
  async run(call, signal) {
    const file = await findExecutable(call);
    if (file === undefined) return { ended: "notFound" };
    if (signal.aborted) return { ended: "killed", signal: "SIGTERM" };
    const late = AbortSignal.timeout(DEADLINE_MS);
    const plugin = execa(file, [], {
      env: toEnvironment(call),
      extendEnv: false,
      input: call.stdin,
      detached: true, // a process group of its own, so that what a plugin starts ends with it
      maxBuffer: OUTPUT_LIMIT_BYTES,
      stripFinalNewline: false,
      reject: false,
    });
    using _stop = stopGroupOn(AbortSignal.any([signal, late]), plugin);
    const ended = await plugin;
    if (late.aborted) return { ended: "late", deadlineMs: DEADLINE_MS };
    if (signal.aborted) return { ended: "killed", signal: ended.signal ?? "SIGTERM" };
    return toOutcome(call, ended);
  },
};

/** Once `stop` is aborted: ends the plugin and all that it has started, and waits for none of their outputs. */
function stopGroupOn(stop: AbortSignal, plugin: RunningPlugin): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    killGroup(plugin, "SIGTERM");
    timer = setTimeout(() => {
      killGroup(plugin, "SIGKILL");
      plugin.stdout.destroy(); // one that left the group may hold them open
      plugin.stderr.destroy();
    }, KILL_AFTER_MS);
  };
  stop.addEventListener("abort", onStop, { once: true });
  return {
    [Symbol.dispose]() {
      stop.removeEventListener("abort", onStop);
      clearTimeout(timer);
    },
  };
}

interface RunningPlugin {
  readonly pid?: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

function killGroup({ pid }: RunningPlugin, name: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (findErrno(error) !== "ESRCH") throw error; // none of them is left
  }
}

function toOutcome(call: PluginCall, ended: EndedPlugin): PluginOutcome {
  if (ended.isMaxBuffer) return { ended: "tooMuchOutput", limitBytes: OUTPUT_LIMIT_BYTES };
  if (ended.signal !== undefined) return { ended: "killed", signal: ended.signal };
  if (ended.exitCode === undefined) {
    const why = findErrno(ended.cause) ?? String(ended.cause);
    throw new Failure(
      "delegateFailed",
      `${call.verb} of plugin ${call.plugin} could not be started: ${why}`,
      {
        cause: ended.cause,
      },
    );
  }
  return { ended: "exited", exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
}

interface EndedPlugin {
  readonly isMaxBuffer: boolean;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly cause?: unknown;
}

/** The plugin by base name in the first folder of CNI_PATH that has it as a program. Source: SPEC.md, "CNI_PATH". */
async function findExecutable({ plugin, path: folders }: PluginCall): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, plugin);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG"].includes(findErrno(error) ?? ""))
      return false;
    throw error;
  }
}

function toEnvironment(call: PluginCall): Record<string, string> {
  return {
    PATH: FIXED_PATH,
    CNI_COMMAND: call.verb,
    CNI_CONTAINERID: call.containerId,
    CNI_NETNS: call.netns,
    CNI_IFNAME: call.ifName,
    CNI_ARGS: call.args,
    CNI_PATH: call.path.join(":"),
    [RECURSION_GUARD]: "1",
  };
}

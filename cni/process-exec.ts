import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
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
    const ended = await execa(file, [], {
      env: toEnvironment(call),
      extendEnv: false,
      input: call.stdin,
      cancelSignal: signal,
      timeout: DEADLINE_MS,
      forceKillAfterDelay: KILL_AFTER_MS,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      stripFinalNewline: false,
      reject: false,
    });
    return toOutcome(ended);
  },
};

function toOutcome(ended: {
  timedOut: boolean;
  isMaxBuffer: boolean;
  isCanceled: boolean;
  signal?: string;
  exitCode?: number;
  stdout: string;
  stderr: string;
  cause?: unknown;
}): PluginOutcome {
  if (ended.timedOut) return { ended: "late", deadlineMs: DEADLINE_MS };
  if (ended.isMaxBuffer) return { ended: "tooMuchOutput", limitBytes: OUTPUT_LIMIT_BYTES };
  if (ended.isCanceled || ended.signal !== undefined)
    return { ended: "killed", signal: ended.signal ?? "SIGTERM" };
  if (ended.exitCode === undefined)
    throw new Error("the plugin could not be started", { cause: ended.cause });
  return { ended: "exited", exitCode: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
}

/** The plugin by base name in the first folder of CNI_PATH that has it. Source: SPEC.md, "CNI_PATH". */
async function findExecutable({ plugin, path: folders }: PluginCall): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, plugin);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
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

import type { Exec, PluginCall, PluginOutcome } from "../core/ports.ts";
import { findExecutable, findPlugin } from "./exec/find-plugin.ts";
import { converse } from "./exec/conversation.ts";
import {
  type PluginExit,
  type PluginStart,
  type StartedPlugin,
  startPlugin,
  STDOUT_LIMIT_BYTES,
} from "./exec/started-plugin.ts";
import { writeToStderr } from "./stderr.ts";
import { openWarden, type Warden } from "./warden.ts";

/** Longer than any plugin that works: dhcp takes six seconds. Runtimes give up after two minutes or more. */
const DEADLINE_MS = 90_000;
const FIXED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Tells a genie that is called by genie, through whatever configuration. */
export const RECURSION_GUARD = "GENIE_CALLED_BY_GENIE";

interface ExecOptions {
  readonly deadlineMs?: number;
  /** Gets what plugins write to stderr; our own stderr when absent. */
  readonly pass?: (bytes: Buffer) => void;
}

interface OpenExec {
  /** Runs plugins as child processes of this one, with an environment of our own making. */
  readonly exec: Exec;
  /**
   * Until it is given back, this open file, and with it a lock on it, stays held when we are killed, until no plugin
   * of ours is left: each has a few seconds to finish what it is at. Give it back before the file is closed.
   */
  readonly holding: (lockFd: number) => AsyncDisposable;
}

export function openExec({ deadlineMs = DEADLINE_MS, pass = writeToStderr }: ExecOptions = {}): OpenExec {
  const holders = new Set<Warden>();
  const lockless = openWarden();
  return {
    exec: {
      has: async (plugin, path) => (await findExecutable(plugin, path)) !== undefined,
      async run(call, signal) {
        const file = await findPlugin(call);
        if (file === undefined) return { ended: "notFound" };
        const wardens = holders.size === 0 ? [lockless] : [...holders];
        return await runGuarded({ call, file, wardens, pass }, { signal, deadlineMs });
      },
    },
    holding(lockFd) {
      const warden = openWarden({ lockFd });
      holders.add(warden);
      return {
        [Symbol.asyncDispose]: async () => {
          holders.delete(warden);
          warden[Symbol.dispose]();
        },
      };
    },
  };
}

interface Run extends Omit<PluginStart, "env"> {
  readonly wardens: readonly Warden[];
}

async function runGuarded(
  { wardens, ...start }: Run,
  { signal, deadlineMs }: { signal: AbortSignal; deadlineMs: number },
): Promise<PluginOutcome> {
  const late = AbortSignal.timeout(deadlineMs);
  const stop = AbortSignal.any([signal, late]);
  const toStopped = (by: NodeJS.Signals): PluginOutcome =>
    late.aborted ? { ended: "late", deadlineMs } : { ended: "killed", signal: by };
  for (const warden of wardens) await warden.start(); // first, so that a node without sh runs nothing
  await using guards = new AsyncDisposableStack(); // given back last, when nothing of the plugin is left
  await using plugin = await startPlugin({ ...start, env: toEnvironment(start.call) }, stop);
  if (plugin === undefined) return toStopped("SIGTERM");
  for (const warden of wardens) guards.use(await warden.guard(plugin.group));
  const end = await converse(plugin, { stdin: start.call.stdin, stop });
  switch (end.by) {
    case "overflow":
      return { ended: "tooMuchOutput", limitBytes: STDOUT_LIMIT_BYTES };
    case "stop":
      return toStopped(end.exit?.signal ?? "SIGTERM");
    case "plugin":
      return toOutcome(end.exit, plugin);
  }
}

function toOutcome({ exitCode, signal }: PluginExit, { stdout, stderr }: StartedPlugin): PluginOutcome {
  if (signal !== null || exitCode === null) return { ended: "killed", signal: signal ?? "SIGKILL" };
  return { ended: "exited", exitCode, stdout: stdout(), stderr: stderr() };
}

/** GC and STATUS are about no container. Source: SPEC.md, "CNI operations". */
function toEnvironment(call: PluginCall): Record<string, string> {
  const { verb, containerId, netns, ifName, args } = call;
  const container = {
    CNI_CONTAINERID: containerId,
    CNI_NETNS: netns,
    CNI_IFNAME: ifName,
    CNI_ARGS: args,
  };
  return {
    PATH: FIXED_PATH,
    CNI_COMMAND: verb,
    ...(verb === "GC" || verb === "STATUS" ? {} : container),
    CNI_PATH: call.path.join(":"),
    [RECURSION_GUARD]: "1",
  };
}

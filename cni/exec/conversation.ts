import { signalGroup } from "./group.ts";
import { pause } from "./pause.ts";
import type { PluginExit, StartedPlugin } from "./started-plugin.ts";

const KILL_AFTER_MS = 2_000;
/** Even SIGKILL waits for the kernel, which may be stuck. */
const GIVE_UP_AFTER_MS = 5_000;
/** What a plugin has started may be writing the last of the answer. */
const SILENCE_WITHIN_MS = 1_000;

export type ConversationEnd =
  | { readonly by: "plugin"; readonly exit: PluginExit }
  | { readonly by: "stop"; readonly exit: PluginExit | undefined }
  | { readonly by: "overflow" };

/** Gives a plugin its stdin and waits for its answer, or ends it once `stop` is aborted or it says too much. */
export async function converse(
  plugin: StartedPlugin,
  { stdin, stop }: { stdin: string; stop: AbortSignal },
): Promise<ConversationEnd> {
  const anyStop = AbortSignal.any([stop, plugin.overflow]);
  plugin.stdin.end(stdin);
  const exit = await waitForExit(plugin, anyStop);
  const isStopped = stop.aborted;
  if (!anyStop.aborted) await waitForSilence(plugin, anyStop);
  if (plugin.overflow.aborted) return { by: "overflow" };
  if (isStopped) return { by: "stop", exit };
  if (exit === undefined) throw new Error(`the exit of process ${plugin.group} was lost`);
  return { by: "plugin", exit };
}

/** Undefined when it was stopped and yet doesn't end. */
async function waitForExit(plugin: StartedPlugin, stop: AbortSignal): Promise<PluginExit | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([plugin.exit, stopGroup(plugin, { stop, done: done.signal })]);
  } finally {
    done.abort();
  }
}

/** Once `stop` is aborted: asks the plugin and all that it has started to end, then makes them, then gives up. */
async function stopGroup(
  plugin: StartedPlugin,
  { stop, done }: { stop: AbortSignal; done: AbortSignal },
): Promise<undefined> {
  await whenAborted(AbortSignal.any([stop, done]));
  if (done.aborted) return;
  signalGroup(plugin.group, "SIGTERM");
  await pause(KILL_AFTER_MS, done);
  if (done.aborted) return;
  signalGroup(plugin.group, "SIGKILL");
  await pause(GIVE_UP_AFTER_MS, done);
  if (!done.aborted) plugin.unref();
}

async function waitForSilence(plugin: StartedPlugin, stop: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([plugin.silence, pause(SILENCE_WITHIN_MS, AbortSignal.any([stop, done.signal]))]);
  done.abort();
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

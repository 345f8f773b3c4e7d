import { type CommandOutcome, type NetworkNamespace, runIn } from "./namespace.ts";

export interface PluginRun {
  readonly program: string;
  readonly verb: string;
  readonly containerId?: string;
  /** Path of the container's network namespace. */
  readonly netns?: string;
  readonly ifName?: string;
  /** The network configuration; text is handed over as it is. */
  readonly stdin: object | string;
  readonly cniPath: string;
  /** CNI_ARGS. */
  readonly args?: string;
  /** The namespace that stands for the node; ours when absent. */
  readonly node?: NetworkNamespace;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a CNI plugin as a container runtime does: parameters in the environment, configuration on stdin. */
export async function runPlugin(run: PluginRun): Promise<CommandOutcome> {
  return runIn(run.node, [run.program], {
    input: typeof run.stdin === "string" ? run.stdin : JSON.stringify(run.stdin),
    extendEnv: false,
    env: { ...runtimeEnvironment(run), ...run.env },
  });
}

function runtimeEnvironment(run: PluginRun): Record<string, string> {
  const parameters = {
    CNI_COMMAND: run.verb,
    CNI_CONTAINERID: run.containerId,
    CNI_NETNS: run.netns,
    CNI_IFNAME: run.ifName,
    CNI_ARGS: run.args,
    CNI_PATH: run.cniPath,
    GENIE_NODE: process.execPath,
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  };
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;
  return Object.fromEntries(Object.entries(parameters).filter(isSet));
}

import type { Attachment, PluginStep } from "../../core/ports.ts";

interface Wanted extends Partial<Attachment> {
  /** In place of steps: a plain one for each. */
  readonly plugins?: readonly string[];
}

/** What ADD leaves in the ledger when it has succeeded, with what a test wants otherwise. */
export function makeAttachment({ plugins = ["one"], ...more }: Wanted = {}): Attachment {
  const { network = "blue", ifName = "eth0" } = more;
  return {
    containerId: "c1",
    ifName,
    network,
    cniVersion: "1.0.0",
    caller: { network: "genie", ifName },
    namespace: { path: "/run/netns/a", identity: "4:1", folder: "0:1" },
    bootId: "boot-1",
    args: "A=b",
    path: ["/opt/cni/bin"],
    state: "attached",
    checked: true,
    steps: plugins.map((plugin) => makeStep(plugin, network)),
    ...more,
  };
}

/** What a plugin of that network got when it was attached. */
export function makeStep(plugin: string, network = "blue"): PluginStep {
  return { plugin, stdin: JSON.stringify({ type: plugin, name: network, prevResult: {} }) };
}

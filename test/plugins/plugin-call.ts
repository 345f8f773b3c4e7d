import type { PluginCall } from "../../core/ports.ts";
import type { PluginFolder } from "./scripted.ts";

/** A call of the plugin `one`, with what a test wants otherwise. */
export function toPluginCall(folder: Pick<PluginFolder, "path">, more: Partial<PluginCall> = {}): PluginCall {
  return {
    verb: "ADD",
    plugin: "one",
    containerId: "c1",
    netns: "/run/netns/a",
    ifName: "eth0",
    args: "A=b",
    path: folder.path,
    stdin: "{}",
    ...more,
  };
}

import { afterEach, beforeEach, expect, test } from "vitest";
import { processExec } from "../../cni/process-exec.ts";
import { openPluginFolder, type PluginFolder } from "../../test/plugins/scripted.ts";
import type { Attachment } from "../ports.ts";
import { detach } from "./detach.ts";

let folder: PluginFolder;
beforeEach(async () => {
  folder = await openPluginFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const step = (plugin: string) => ({ plugin, stdin: `{"type":"${plugin}","prevResult":{}}` });
const attachment: Attachment = {
  containerId: "c1",
  ifName: "eth0",
  network: "blue",
  netns: "/run/netns/old",
  args: "A=b",
  state: "attached",
  undo: [step("three"), step("two"), step("one")],
};
const run = (netns: string) =>
  detach(
    attachment,
    { netns, path: folder.path },
    { exec: processExec, signal: new AbortController().signal },
  );

test("runs each undo as it was written, in the namespace of the call", async () => {
  for (const name of ["one", "two", "three"]) await folder.plugin(name, ":");
  expect(await run("")).toEqual({ left: undefined, errors: [] });
  expect(await folder.takeCalls()).toEqual(
    ["three", "two", "one"].map((plugin) => ({
      verb: "DEL",
      plugin,
      ifName: "eth0",
      netns: "",
      args: "A=b",
      stdin: { type: plugin, prevResult: {} },
    })),
  );
});

test("goes on past failures, and gives back what is left in its order", async () => {
  await folder.plugin("one", "exit 1");
  await folder.plugin("three", `echo '{"code":5,"msg":"busy"}'; exit 1`);
  const { left, errors } = await run("/run/netns/a");
  expect(left).toEqual({ ...attachment, undo: [step("three"), step("two"), step("one")] });
  expect(errors).toMatchObject([
    { wire: { code: 5, msg: "busy" } },
    { message: expect.stringContaining("DEL of plugin two is not in CNI_PATH") },
    { message: "DEL of plugin one exited with 1: it said nothing" },
  ]);
  await folder.plugin("two", ":");
  expect((await run("")).left?.undo).toEqual([step("three"), step("one")]);
});

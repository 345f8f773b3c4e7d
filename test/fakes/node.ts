import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { readConfFolder } from "../../cni/conf-folder.ts";
import { openConfMaker } from "../../cni/conf-maker.ts";
import { readDecided, recordDecision } from "../../cni/decision-log.ts";
import { openDeviceFiles } from "../../cni/device-files.ts";
import { openHealth } from "../../cni/health-file.ts";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { openPodDevices } from "../../cni/pod-devices.ts";
import { openExec } from "../../cni/process-exec.ts";
import { type Config, parseConfig } from "../../core/config.ts";
import type { AddPorts, Attachment, DelPorts, Ledger } from "../../core/ports.ts";
import type { Invocation, Verb } from "../../core/spec/environment.ts";
import { openPluginFolder, type PluginFolder } from "../plugins/scripted.ts";
import { makeAttachment } from "./attachment.ts";
import { hollowModules } from "./hollow-modules.ts";
import { type FakeKernel, makeKernel } from "./kernel.ts";

interface Warning {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A node with a real ledger, real processes and real files, in a temporary folder; only its kernel is a fake. */
export interface FakeNode extends PluginFolder {
  readonly ports: AddPorts & DelPorts;
  readonly ledger: Ledger;
  readonly kernel: FakeKernel;
  readonly warnings: Warning[];
  /** Adds a network's file to the conf folder. */
  conf(file: string, content: object): Promise<void>;
  /** Genie's own configuration. */
  config(more?: object): Config;
  /** A call for eth0 of c1, in the namespace of makeAttachment. */
  invocation(verb: Verb, more?: Partial<Invocation>): Invocation;
  /** As makeAttachment, with this node's plugins. */
  attachment(more?: Parameters<typeof makeAttachment>[0]): Attachment;
  /** Calls since the last look, such as `DEL one`. */
  takeVerbs(): Promise<readonly string[]>;
}

export async function openFakeNode(): Promise<FakeNode> {
  const folder = await openPluginFolder();
  const confDir = path.join(folder.dir, "net.d");
  await mkdir(confDir);
  const warnings: Warning[] = [];
  const ports = openPorts(folder.dir, warnings);
  return {
    ...folder,
    ports,
    ledger: ports.ledger,
    kernel: ports.kernel,
    warnings,
    conf: (file, content) => writeFile(path.join(confDir, file), JSON.stringify(content)),
    config: (more) =>
      parseConfig(JSON.stringify({ cniVersion: "1.1.0", name: "genie", type: "genie", ...more })),
    invocation: (verb, more) => ({
      verb,
      containerId: "c1",
      netns: "/run/netns/a",
      ifName: "eth0",
      args: "A=b",
      path: folder.path,
      ...more,
    }),
    attachment: (more) => makeAttachment({ path: folder.path, ...more }),
    takeVerbs: async () => (await folder.takeCalls()).map(({ verb, plugin }) => `${verb} ${plugin}`),
  };
}

function openPorts(dir: string, warnings: Warning[]): FakeNode["ports"] & { kernel: FakeKernel } {
  const log = {
    warn: (fields: Warning["fields"], message: string) => void warnings.push({ fields, message }),
  };
  const { exec, holding } = openExec();
  return {
    exec,
    ledger: openLedger(dir, { log, holding }),
    kernel: makeKernel(),
    log,
    signal: new AbortController().signal,
    confFolder: () => readConfFolder(path.join(dir, "net.d")),
    confMaker: openConfMaker(path.join(dir, "net.d")),
    samples: async () => [],
    modules: hollowModules,
    openSandbox: () => {
      throw new Error("this test asks no module");
    },
    health: openHealth(dir, log),
    devices: openDeviceFiles(log, path.join(dir, "devinfo")),
    podDevices: openPodDevices(path.join(dir, "checkpoint")),
    recordDecision: (entry) => recordDecision(entry, dir, log),
    decided: (containerId) => readDecided(containerId, dir),
    seed: async () => 1n,
    nodeName: "n1",
    cluster: undefined,
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
  };
}

import type { Config, Folders } from "../core/config.ts";
import { findErrno } from "../core/errors.ts";
import type { Sample } from "../core/kpi/names.ts";
import type { NodeNetwork } from "../core/networks/candidates.ts";
import type { AddPorts, DelPorts, Log, UndoPorts } from "../core/ports.ts";
import { openSandbox } from "../core/sandbox/host/sandbox.ts";
import type { ModuleSource, Sandbox } from "../core/sandbox/port.ts";
import type { SelectionConfig } from "../core/select/selection-config.ts";
import { openModuleSource } from "../registry/prepare/source.ts";
import { findPolicy } from "../registry/trust/policy-file.ts";
import { openCluster } from "./cluster/cluster.ts";
import { readConfFolder } from "./conf-folder.ts";
import { openConfMaker } from "./conf-maker.ts";
import { openDeviceFiles } from "./device-files.ts";
import { readDecided, recordDecision } from "./decision-log.ts";
import { spawnGuest, spawnTranspiler } from "./guest-process.ts";
import { openHealth } from "./health-file.ts";
import { openKernel } from "./kernel.ts";
import { openLedger } from "./ledger/ledger.ts";
import { deriveSeed } from "./node-secret.ts";
import { sampleCadvisor } from "./probes/cadvisor.ts";
import { sampleHostLocal } from "./probes/host-local.ts";
import { openPodDevices } from "./pod-devices.ts";
import { openExec } from "./process-exec.ts";
import { guardSource } from "./trust.ts";

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** What belongs to this call and not to its configuration. */
export type Host = Pick<AddPorts, "log" | "signal" | "nodeName">;

/** The ports of what undoes, as they are on a real node. @param pass gets what plugins write to stderr. */
export function openUndoPorts(
  stateDir: string,
  host: Pick<Host, "log" | "signal">,
  pass?: (bytes: Buffer) => void,
): UndoPorts {
  const { exec, holding } = openExec(pass && { pass });
  return {
    ...host,
    exec,
    kernel: openKernel(),
    ledger: openLedger(stateDir, { log: host.log, holding }),
    devices: openDeviceFiles(host.log),
  };
}

/** The ports of DEL, which looks into configurations and decisions only where the ledger can't tell. */
export function openDelPorts({ stateDir, confDir }: Folders, host: Host): DelPorts {
  return {
    ...openUndoPorts(stateDir, host),
    confFolder: () => readConfFolder(confDir),
    decided: (containerId) => readDecided(containerId, stateDir),
  };
}

/** The ports of ADD as they are on a real node. */
export function openAddPorts(config: Config, host: Host): AddPorts {
  const { confDir, stateDir, moduleStore, selection, trust } = config.genie;
  return {
    ...host,
    ...openUndoPorts(stateDir, host),
    confFolder: () => readConfFolder(confDir),
    confMaker: openConfMaker(confDir),
    samples: (networks) => sample(networks, config, host.log),
    modules: guardSource(openSource(moduleStore, selection), {
      findPolicy: () => findPolicy(trust.policy),
      storeDir: moduleStore,
    }),
    openSandbox: (ruling) => openGuest(ruling),
    health: openHealth(stateDir, host.log),
    podDevices: openPodDevices(),
    recordDecision: (entry) => recordDecision(entry, stateDir, host.log),
    cluster: config.kubernetes && openCluster({ kubernetes: config.kubernetes, policy: config.policy }),
    seed: (podKey) => deriveSeed(stateDir, podKey),
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
  };
}

/** The modules of a store, as a decision with this selection finds them. */
export function openSource(storeDir: string, { limits }: SelectionConfig): ModuleSource {
  const { moduleMiB, prepareMs } = limits;
  return openModuleSource(storeDir, {
    startTranspiler: () => spawnTranspiler(),
    prepareMs,
    moduleBytes: moduleMiB * MIB,
  });
}

/** A guest process within the limits of this selection. @param program when it isn't beside ours. */
export function openGuest(
  { memoryMiB, limits }: Pick<SelectionConfig, "memoryMiB" | "limits">,
  program?: string,
): Sandbox {
  const { heapMiB, loadMs, answerKiB } = limits;
  return openSandbox(() => spawnGuest(program, { heapMiB }), {
    memoryBytes: memoryMiB * MIB,
    loadMs,
    answerBytes: answerKiB * KIB,
  });
}

/** A source that can't be read gives no sample: modules see its KPIs as absent and decide. */
async function sample(
  networks: readonly NodeNetwork[],
  config: Config,
  log: Log,
): Promise<readonly Sample[]> {
  const sampling = networks.map((one) => sampleStore(one, log));
  return (await Promise.all([...sampling, sampleCadvisor(networks, config, { log })])).flat();
}

async function sampleStore(one: NodeNetwork, log: Log): Promise<readonly Sample[]> {
  try {
    return await sampleHostLocal(one, Date.now());
  } catch (error) {
    if (findErrno(error) === undefined) throw error;
    log.warn({ err: error, network: one.network.name }, "the store of host-local can't be read");
    return [];
  }
}

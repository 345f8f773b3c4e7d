import type { Config } from "../core/config.ts";
import { findErrno } from "../core/errors.ts";
import type { NodeNetwork } from "../core/networks/candidates.ts";
import type { AddPorts, Log } from "../core/ports.ts";
import { readConfFolder } from "./conf-folder.ts";
import { recordDecision } from "./decision-log.ts";
import { openLedger } from "./ledger/ledger.ts";
import { deriveSeed } from "./node-secret.ts";
import { sampleHostLocal } from "./probes/host-local.ts";
import { processExec } from "./process-exec.ts";

/** The ports of ADD as they are on a real node. */
export function openAddPorts(config: Config, host: Pick<AddPorts, "log" | "signal" | "nodeName">): AddPorts {
  const { confDir, stateDir, moduleStore, selection } = config.genie;
  return {
    ...host,
    exec: processExec,
    ledger: openLedger(stateDir, host.log),
    confFiles: () => readConfFolder(confDir),
    samples: (networks) => sample(networks, host.log),
    modules: openModuleSource(moduleStore),
    openSandbox: () =>
      openSandbox(spawnGuest, { memoryBytes: selection.memoryMiB * 1024 * 1024, loadMs: 1000 }),
    recordDecision: (entry) => recordDecision(entry, stateDir, host.log),
    seed: (podKey) => deriveSeed(stateDir, podKey),
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
  };
}

/** A store that can't be read gives no sample: modules see the KPI as absent and decide. */
async function sample(networks: readonly NodeNetwork[], log: Log) {
  try {
    return await sampleHostLocal(networks, Date.now());
  } catch (error) {
    if (findErrno(error) === undefined) throw error;
    log.warn({ err: error }, "the store of host-local can't be read");
    return [];
  }
}

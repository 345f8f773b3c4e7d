/**
 * The standalone with a fault point before and after each write of the ledger, and before, during and after each run
 * of a delegate. GENIE_FAULT_AT=N: the process is killed at the Nth. Each point's name is appended to GENIE_FAULT_LOG.
 */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { runCall } from "../../cni/call.ts";
import { openAddPorts, openDelPorts, openUndoPorts } from "../../cni/ports.ts";
import type { Exec, Ledger, UndoPorts } from "../../core/ports.ts";

/** Delegates have begun by then, and slow ones haven't ended. */
const DURING_MS = 15;

const faultAt = Number(process.env["GENIE_FAULT_AT"] ?? 0);
const log = process.env["GENIE_FAULT_LOG"] ?? "/dev/null";
let passed = 0;

async function faultPoint(name: string): Promise<void> {
  appendFileSync(log, `${name}\n`);
  passed += 1;
  if (passed !== faultAt) return;
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {});
}

function withFaults<Ports extends UndoPorts>(ports: Ports): Ports {
  const { exec, ledger } = ports;
  const faultyExec: Exec = {
    ...exec,
    async run(call, signal) {
      const name = `${call.verb} ${call.plugin}`;
      await faultPoint(`before ${name}`);
      const running = exec.run(call, signal);
      await Promise.race([running, sleep(DURING_MS)]);
      await faultPoint(`during ${name}`);
      const outcome = await running;
      await faultPoint(`after ${name}`);
      return outcome;
    },
  };
  const faultyLedger: Ledger = {
    ...ledger,
    async write(containerId, attachments) {
      const name = `write ${attachments.map(({ state }) => state).join(" ")}`;
      await faultPoint(`before ${name}`);
      await ledger.write(containerId, attachments);
      await faultPoint(`after ${name}`);
    },
  };
  return { ...ports, exec: faultyExec, ledger: faultyLedger };
}

void runCall({
  add: (config, host) => withFaults(openAddPorts(config, host)),
  del: (folders, host) => withFaults(openDelPorts(folders, host)),
  undo: (stateDir, host) => withFaults(openUndoPorts(stateDir, host)),
});

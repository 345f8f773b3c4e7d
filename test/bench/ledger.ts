import { openLedger } from "../../cni/ledger/ledger.ts";
import { openLog } from "../../cni/log.ts";
import type { Attachment } from "../../core/ports.ts";
import type { TestNode } from "../e2e/node.ts";
import { timeMs } from "./statistics.ts";

/** Durations of what one ADD writes into the ledger: the attachment as planned, then as attached, each synced. */
export async function measureLedger({ stateDir }: TestNode, rounds: number): Promise<readonly number[]> {
  const ledger = openLedger(stateDir, openLog());
  const durationsMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const containerId = `bench-${round}`;
    const attachment = planAttachment(containerId);
    durationsMs.push(
      await timeMs(async () => {
        await ledger.write(containerId, [attachment]);
        await ledger.write(containerId, [{ ...attachment, state: "attached" }]);
      }),
    );
    await ledger.write(containerId, []);
  }
  return durationsMs;
}

/** As large as that of a bridge with a previous result. */
function planAttachment(containerId: string): Attachment {
  const [netns, ifName] = ["/run/netns/bench", "eth0"];
  const undo = [{ plugin: "bridge", stdin: JSON.stringify({ previous: "x".repeat(800) }) }];
  return { containerId, ifName, network: "blue", netns, args: "", state: "planned", undo };
}

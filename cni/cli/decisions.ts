import { Command } from "commander";
import type { DecisionRecord } from "../../core/select/record.ts";
import { readLog } from "../decisions/records.ts";
import { isFor, takeLast, toPodName } from "../decisions/wanted.ts";
import { parseWhole } from "./author-options.ts";
import type { Shell } from "./shell.ts";
import { addContainerOption, addStateOptions, findStateDir, type StateOptions } from "./state-dir.ts";
import { printTable } from "./table.ts";

interface DecisionsOptions extends StateOptions {
  readonly container?: string;
  readonly pod?: string;
  readonly number: number;
  readonly json?: true;
}

/** Of one node's log at the longest. */
const MOST = 1_000_000;

/** `geniectl decisions` */
export function decisionsCommand(shell: Shell): Command {
  const command = new Command("decisions").description("show what this node decided, the latest last");
  return addContainerOption(addStateOptions(command), "only those for this container")
    .option("--pod <namespace/name>", "only those for this pod")
    .option("-n, --number <count>", "only the last ones", parseWhole(MOST), 20)
    .option("--json", "print each record as one line of JSON")
    .action(async (options: DecisionsOptions) => {
      const stateDir = await findStateDir(options);
      const { all, findFaults } = readLog(stateDir, shell.signal);
      const records = await takeLast(filter(all, options), options.number);
      if (options.json === true) for (const record of records) shell.printJson(record);
      else if (records.length === 0) shell.print(`no decisions in ${stateDir}`);
      else printTable([["TIME", "POD", "NETWORK", "DECIDED BY", "MS", "WHY"], ...records.map(toRow)], shell);
      const faults = findFaults();
      if (faults !== undefined) shell.warn(faults);
    });
}

async function* filter(all: AsyncIterable<DecisionRecord>, { pod, container }: DecisionsOptions) {
  for await (const record of all) {
    if ([pod, container].every((name) => name === undefined || isFor(record, name))) yield record;
  }
}

function toRow(record: DecisionRecord): string[] {
  const { time, ranking, rejected, decidedBy, ms } = record;
  const [first] = ranking;
  const why = first?.reason ?? `${rejected.length} rejected`;
  return [time, toPodName(record), first?.network ?? "none", decidedBy, ms.toFixed(1), why];
}

import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { explain } from "../decisions/explanation.ts";
import { readLog, readRecords, type Records } from "../decisions/records.ts";
import { isFile, isFor, takeLast } from "../decisions/wanted.ts";
import type { DecisionRecord } from "../../core/select/record.ts";
import type { Shell } from "./shell.ts";
import { addStateOptions, findStateDir, type StateOptions } from "./state-dir.ts";
import { printTable } from "./table.ts";

interface ExplainOptions extends StateOptions {
  readonly id?: string;
  readonly json?: true;
}

/** `geniectl explain POD|FILE|-` */
export function explainCommand(shell: Shell): Command {
  const command = new Command("explain")
    .description("tell why a pod got its network")
    .argument("<pod>", "namespace/name or a container's ID; or a file of records; or - for stdin");
  return addStateOptions(command)
    .option("--id <id>", "this decision (default: the latest)")
    .option("--json", "print the record as one JSON document")
    .action(async (name: string, options: ExplainOptions) => {
      const { records, isWanted } = await findSource(name, options, shell.signal);
      const [record] = await takeLast(filter(records.all, isWanted, options.id), 1);
      const faults = records.findFaults();
      if (faults !== undefined) shell.warn(faults);
      if (record === undefined) {
        throw new Failure("unknownContainer", `no decision for ${name} is recorded`, {
          details: "name it as namespace/name, or by its container's ID; see geniectl decisions",
        });
      }
      if (options.json === true) return shell.printJson(record);
      for (const part of explain(record)) {
        if (typeof part === "string") shell.print(part);
        else printTable(part, shell);
      }
    });
}

type IsWanted = (record: DecisionRecord) => boolean;

async function findSource(
  name: string,
  options: ExplainOptions,
  signal: AbortSignal,
): Promise<{ records: Records; isWanted: IsWanted }> {
  if (name === "-" || (await isFile(name)))
    return { records: readRecords(name, signal), isWanted: () => true };
  return { records: readLog(await findStateDir(options), signal), isWanted: (record) => isFor(record, name) };
}

async function* filter(all: AsyncIterable<DecisionRecord>, isWanted: IsWanted, id: string | undefined) {
  for await (const record of all) if (isWanted(record) && (id ?? record.id) === record.id) yield record;
}

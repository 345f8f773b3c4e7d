import { access } from "node:fs/promises";
import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { toDigest } from "../../core/select/selection-config.ts";
import { isDigest } from "../../registry/digest.ts";
import { parseReference } from "../../registry/reference.ts";
import { type IsWanted, nameCases, toGoldenCases } from "../decisions/golden.ts";
import { readLog, readRecords } from "../decisions/records.ts";
import { writeOutput } from "./output-file.ts";
import type { Shell } from "./shell.ts";
import { addStateOptions, findStateDir, type StateOptions } from "./state-dir.ts";

interface RecordOptions extends StateOptions {
  readonly module: string;
  readonly out: string;
  readonly json?: true;
}

/** `geniectl record --module DIGEST|REF [FILE]` */
export function recordCommand(shell: Shell): Command {
  const command = new Command("record")
    .description("make golden cases of what a module was asked on a node; names and addresses get stand-ins")
    .argument("[file]", "records as in decisions.jsonl; - for stdin (default: this node's)")
    .requiredOption(
      "--module <module>",
      "the digest of the module, or a reference that names its repository",
    );
  return addStateOptions(command)
    .option("-o, --out <file>", "the golden cases", "golden.json")
    .option("--json", "print one JSON document")
    .action(async (file: string | undefined, options: RecordOptions) => {
      const isWanted = toWanted(options.module);
      await refuseToReplace(options.out);
      const { all, findFaults } =
        file === undefined
          ? readLog(await findStateDir(options), shell.signal)
          : readRecords(file, shell.signal);
      const found: ReturnType<typeof toGoldenCases>[number][] = [];
      for await (const record of all) found.push(...toGoldenCases(record, isWanted));
      const faults = findFaults();
      if (faults !== undefined) shell.warn(faults);
      if (found.length === 0) {
        throw new Failure("invalidConfig", `no record tells what ${options.module} was asked`, {
          details: "see geniectl decisions --json, or name another module",
        });
      }
      const cases = nameCases(found);
      await writeOutput(options.out, Buffer.from(`${JSON.stringify(cases, null, 2)}\n`));
      if (options.json === true)
        shell.printJson({ file: options.out, calls: found.length, cases: cases.length });
      else shell.print(`${options.out}: ${cases.length} cases out of ${found.length} calls`);
    });
}

/** Cases that somebody wrote are not to be lost. @throws {Failure} invalidConfig */
async function refuseToReplace(out: string): Promise<void> {
  if ((await unlessMissing(access(out).then(() => true))) === undefined) return;
  throw new Failure("invalidConfig", `${out} is there already`, { details: "name another file with --out" });
}

/** By digest, or by repository where the reference has no digest. @throws {RegistryFailure} invalidReference */
function toWanted(name: string): IsWanted {
  if (isDigest(name)) return ({ digest }) => digest === name;
  const { host, repository, digest: wanted } = parseReference(name);
  return (_, config) =>
    wanted === undefined
      ? config.module.startsWith(`${host}/${repository}@`) ||
        config.module.startsWith(`${host}/${repository}:`)
      : toDigest(config) === wanted;
}

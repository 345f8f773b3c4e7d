import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { attachmentsCommand } from "./attachments.ts";
import { benchCommand } from "./bench.ts";
import { buildCommand } from "./build.ts";
import { addClientOptions, allowClientOptions } from "./client-options.ts";
import { checkCommand } from "./check.ts";
import { cleanCommand } from "./clean.ts";
import { deprecateCommand } from "./deprecate.ts";
import { diffCommand } from "./diff.ts";
import { doctorCommand } from "./doctor.ts";
import { formatFailure, formatMisuse } from "./failure-text.ts";
import { inspectCommand } from "./inspect.ts";
import { keygenCommand } from "./keygen.ts";
import { listCommand } from "./list.ts";
import { marketCommand } from "./market.ts";
import { migrateCommand } from "./migrate.ts";
import { mirrorCommand } from "./mirror.ts";
import { newCommand } from "./new.ts";
import { outdatedCommand } from "./outdated.ts";
import { openTerminal } from "./output.ts";
import { pinCommand } from "./pin.ts";
import { pruneCommand } from "./prune.ts";
import { publishCommand } from "./publish.ts";
import { pullCommand } from "./pull.ts";
import { pushCommand } from "./push.ts";
import { runCommand } from "./run.ts";
import { decisionsCommand } from "./decisions.ts";
import { explainCommand } from "./explain.ts";
import { recordCommand } from "./record.ts";
import { repairCommand } from "./repair.ts";
import { replayCommand } from "./replay.ts";
import { modulesCommand } from "./modules.ts";
import type { MakeCommand, Shell } from "./shell.ts";
import { searchCommand } from "./search.ts";
import { statusCommand } from "./status.ts";
import { testCommand } from "./test.ts";
import { versionsCommand } from "./versions.ts";
import { signCommand } from "./sign.ts";
import { verifyCommand } from "./verify.ts";

const VERBS: readonly MakeCommand[] = [
  newCommand,
  buildCommand,
  checkCommand,
  testCommand,
  benchCommand,
  runCommand,
  pushCommand,
  publishCommand,
  searchCommand,
  inspectCommand,
  versionsCommand,
  diffCommand,
  deprecateCommand,
  keygenCommand,
  signCommand,
  verifyCommand,
  marketCommand,
  pullCommand,
  pinCommand,
  outdatedCommand,
  mirrorCommand,
  migrateCommand,
  listCommand,
  pruneCommand,
  repairCommand,
  modulesCommand,
  attachmentsCommand,
  decisionsCommand,
  explainCommand,
  replayCommand,
  recordCommand,
  statusCommand,
  cleanCommand,
  doctorCommand,
];

const STOPPING_SIGNALS = ["SIGINT", "SIGTERM"] as const;

async function main(): Promise<number> {
  const stop = new AbortController();
  let stoppedBy: NodeJS.Signals | undefined;
  for (const name of STOPPING_SIGNALS) {
    process.once(name, () => {
      stoppedBy = name;
      stop.abort();
    });
  }
  process.stdout.on("error", leaveOnBrokenPipe);
  try {
    using terminal = openTerminal(stop.signal);
    const program = new Command("geniectl")
      .description("tend genie on this node, and the WebAssembly modules by which it chooses networks")
      .version(packageJson.version)
      .enablePositionalOptions() // after a verb, --version is the verb's own
      .configureOutput({ outputError: (text, write) => write(`${formatMisuse(text)}\n`) })
      .configureHelp({ showGlobalOptions: true })
      .exitOverride();
    const shell: Shell = { ...terminal, clientOptions: addClientOptions(program, terminal) };
    for (const makeCommand of VERBS) {
      program.addCommand(allowClientOptions(makeCommand(shell).copyInheritedSettings(program)));
    }
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (stoppedBy !== undefined) {
      process.kill(process.pid, stoppedBy); // our listener is spent: this one ends us as the caller expects
      return 1;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${formatFailure(error)}\n`);
    return 1;
  }
}

/** As `geniectl list | head -1` has it. */
function leaveOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

void main().then((exitCode) => (process.exitCode = exitCode));

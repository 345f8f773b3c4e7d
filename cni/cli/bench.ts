import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import type { Latency } from "../author/bench.ts";
import { type Benched, measureModule } from "../author/measure.ts";
import { prepareTrial } from "../author/trial.ts";
import { requireKind } from "../author/subject.ts";
import {
  addSettingsOption,
  addTrialOptions,
  parseWhole,
  readTarget,
  requireOk,
  toLimits,
  type TrialOptions,
} from "./author-options.ts";
import { formatSize } from "../../registry/size.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";

interface BenchOptions extends TrialOptions {
  readonly rounds: number;
  readonly settings?: string;
  readonly maxP99Ms?: number;
}

const DEFAULT_ROUNDS = 500;
const MAX_ROUNDS = 100_000;

/** For how many candidates `--max-p99-ms` holds: those for which the budget states a p99. */
const HELD_CANDIDATES = 10;

const HELP = `
Each answer comes from a fresh instance in a guest process, as on a node, and the way there and back counts. The
budget is one module's share of a decision's. A busy machine shows more: nothing fails for its time unless you say
--max-p99-ms, which holds for ${HELD_CANDIDATES} candidates.`;

/** `geniectl bench TARGET` */
export function benchCommand(shell: Shell): Command {
  const command = addTrialOptions(
    new Command("bench")
      .description("measure how long a module takes by number of candidates, its memory and its size")
      .argument("[target]", "a component, a module's source, or its folder", "."),
  );
  return addSettingsOption(command)
    .option("--rounds <count>", "answers by number of candidates", parseWhole(MAX_ROUNDS), DEFAULT_ROUNDS)
    .option("--max-p99-ms <ms>", "fail when the 99th percentile is above", parseWhole(MAX_ROUNDS))
    .addHelpText("after", HELP)
    .action(async (target: string, options: BenchOptions) => {
      const result = await bench(target, options, shell);
      if (options.json === true) shell.printJson(result);
      else printBench(result, shell);
      failIfSlow(result.latencies, options.maxP99Ms);
    });
}

async function bench(target: string, options: BenchOptions, shell: Shell): Promise<Benched> {
  const subject = await readTarget(target, options, shell);
  const { component } = subject;
  const kind = requireKind(subject, options.kind);
  const startedMs = performance.now();
  const module = requireOk(await prepareTrial({ component, kind }), subject);
  const prepareMs = performance.now() - startedMs;
  const measured = await measureModule(module, {
    component,
    limits: toLimits(options),
    rounds: options.rounds,
    settings: options.settings,
    signal: shell.signal,
    onProgress: (text) => shell.progress(text),
  });
  return { ...measured, prepareMs };
}

function printBench({ latencies, ...rest }: Benched, shell: Shell): void {
  const rows = latencies.map(({ candidates, rounds, p50Ms, p99Ms, budget }) => [
    String(candidates),
    String(rounds),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    formatBudget(p50Ms, budget.p50Ms),
    formatBudget(p99Ms, budget.p99Ms),
  ]);
  printTable([["CANDIDATES", "ANSWERS", "P50 MS", "P99 MS", "BUDGET P50", "BUDGET P99"], ...rows], shell);
  const memory =
    rest.memoryMiB === null ? "more memory than the limit" : `at most ${rest.memoryMiB} MiB of memory`;
  shell.print(
    `${rest.kind}, ${formatSize(rest.sizeBytes)}, ${memory}, prepared in ${Math.round(rest.prepareMs)} ms`,
  );
}

function formatBudget(measuredMs: number, budgetMs: number | undefined): string {
  return budgetMs === undefined ? "" : `≤ ${budgetMs}: ${measuredMs <= budgetMs ? "within" : "over"}`;
}

function failIfSlow(latencies: readonly Latency[], maxP99Ms: number | undefined): void {
  const held = latencies.find(({ candidates }) => candidates === HELD_CANDIDATES);
  if (maxP99Ms === undefined || held === undefined || held.p99Ms <= maxP99Ms) return;
  const found = `the 99th percentile is ${held.p99Ms.toFixed(2)} ms, more than ${maxP99Ms}`;
  throw new Failure("moduleFailed", found, { details: "make the module faster, or allow it more" });
}

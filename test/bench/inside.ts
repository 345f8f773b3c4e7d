/** The measurements of `npm run bench`, inside their namespaces. */
import { cpus } from "node:os";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeNode, type TestNode } from "../e2e/node.ts";
import { measureDecisions, measureModuleLoad, storeModule } from "./decisions.ts";
import { measureFloor } from "./floor.ts";
import { measureDurability } from "./ledger.ts";
import { makeNoopPlugin, measurePairs, type Pair } from "./plugin-calls.ts";
import { measurePipe } from "./pipe.ts";
import { measurePulls } from "./pulls.ts";
import { formatTable, median, percentile } from "./statistics.ts";

const ROUNDS = 30;
const DECISIONS = 2_000;
const LOADS = 15;
const WRITES = 50;
const PIPE_ROUNDS = 500;
const PULLS = 50;
const PARALLEL_PULLS = 200;

type Row = readonly [what: string, measured: string, ratio: string, budget: string];

/** Of the design, in milliseconds; a row may have several figures. */
type Budget = readonly number[];

/** The budget of a row, and whether the figures are within it. */
function holdAgainst(budgetsMs: Budget, figuresMs: readonly number[]): string {
  if (budgetsMs.length === 0) return "";
  const isWithin = budgetsMs.every((budgetMs, at) => (figuresMs[at] ?? Number.NaN) <= budgetMs);
  return `≤ ${budgetsMs.join(" / ")} ms: ${isWithin ? "within" : "OVER"}`;
}

const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

async function measureAdds(node: TestNode, selection: object): Promise<readonly Row[]> {
  await using noop = await makeNoopPlugin();
  const list = { cniVersion: "1.0.0", name: "noop", plugins: [{ type: "noop" }] };
  await writeFile(path.join(node.confDir, "99-noop.conflist"), JSON.stringify(list));
  const withNoop = { ...node, cniPath: `${node.cniPath}:${noop.folder}` };
  const overNoop = await measurePairs({ node: withNoop, network: "noop", rounds: ROUNDS });
  await rm(path.join(node.confDir, "99-noop.conflist"));
  const overBridge = await measurePairs({ node, network: "blue", rounds: ROUNDS });
  const chosen = await measurePairs({ node, network: "blue", selection, rounds: ROUNDS });
  return [
    toRow("ADD, no-op plugin, network named", toTimes(overNoop, "ADD"), [120]),
    toRow("ADD, bridge, network named", toTimes(overBridge, "ADD"), [120]),
    toRow("ADD, bridge chosen by a scorer and a selector", toTimes(chosen, "ADD"), [200]),
    toRow("DEL, bridge", toTimes(overBridge, "DEL"), []),
  ];
}

/** One verb of each pair, in milliseconds. */
type TimePair = readonly [byHandMs: number, genieMs: number];

function toTimes(pairs: readonly Pair[], verb: "ADD" | "DEL"): TimePair[] {
  return pairs.map(({ byHand, genie }) => [byHand[verb], genie[verb]]);
}

function toRow(what: string, pairs: readonly TimePair[], budgetsMs: Budget): Row {
  const byHand = ms(median(pairs.map(([byHandMs]) => byHandMs)));
  const genie = ms(median(pairs.map(([, genieMs]) => genieMs)));
  const addedMs = median(pairs.map(([byHandMs, genieMs]) => genieMs - byHandMs));
  const ratio = median(pairs.map(([byHandMs, genieMs]) => genieMs / byHandMs));
  const measured = `${byHand} by hand, ${genie} through genie: ${ms(addedMs)} added`;
  return [what, measured, `${ratio.toFixed(1)} ×`, holdAgainst(budgetsMs, [addedMs])];
}

async function measureSelection(
  storeDir: string,
  modules: { scorer: string; selector: string },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const p50ByCandidates = new Map<number, number>();
  const plans: readonly [number, Budget][] = [
    [10, [0.5, 4]],
    [100, []],
    [1000, [8]],
  ];
  for (const [candidates, budgetsMs] of plans) {
    const rounds = candidates === 1000 ? DECISIONS / 4 : DECISIONS;
    const durationsMs = await measureDecisions({ storeDir, ...modules }, { candidates, rounds });
    const [p50, p99] = [median(durationsMs), percentile(durationsMs, 0.99)];
    const floorMs = median(measureFloor(candidates, rounds));
    p50ByCandidates.set(candidates, p50);
    rows.push([
      `decision, ${candidates} candidates, p50 / p99`,
      `${ms(p50)} / ${ms(p99)}`,
      `${(p50 / floorMs).toFixed(0)} ×`,
      holdAgainst(budgetsMs, [p50, p99]),
    ]);
    rows.push([`the same in plain JavaScript, in-process, p50`, `${floorMs.toFixed(3)} ms`, "1 ×", ""]);
  }
  return [...rows, toGrowthRow(p50ByCandidates)];
}

const MOST_GROWTH = 12;

function toGrowthRow(p50ByCandidates: ReadonlyMap<number, number>): Row {
  const [few = Number.NaN, many = Number.NaN] = [100, 1000].map((count) => p50ByCandidates.get(count));
  const isWithin = many / few <= MOST_GROWTH;
  return [
    "decision, growth from 100 to 1000 candidates",
    `${ms(few)} to ${ms(many)}`,
    `${(many / few).toFixed(1)} ×`,
    `≤ ${MOST_GROWTH} ×: ${isWithin ? "within" : "OVER"}`,
  ];
}

async function measureSyncs(): Promise<readonly Row[]> {
  const { addsMs, delsMs, syncsByVerb, fileSystem } = await measureDurability(node, WRITES);
  const toText = (verb: "ADD" | "DEL", durationsMs: readonly number[]): string =>
    `${ms(median(durationsMs))} in ${syncsByVerb[verb]} fsync, on ${fileSystem}`;
  return [
    ["of an ADD, what the ledger's durability costs", toText("ADD", addsMs), "", ""],
    ["of a DEL, what the ledger's durability costs", toText("DEL", delsMs), "", ""],
  ];
}

async function measureModulePulls(folder: string): Promise<readonly Row[]> {
  const { coldMs, signedMs, allSignedMs, storeMs, storeRatios, parallelMs } = await measurePulls(folder, {
    rounds: PULLS,
    parallel: PARALLEL_PULLS,
  });
  const ratio = `${median(storeRatios).toFixed(1)} ×`;
  const [pullMs, signedPullMs, readMs] = [median(coldMs), median(signedMs), median(storeMs)];
  return [
    ["pull of 20 KB from a registry next door, new connection", ms(pullMs), "", holdAgainst([12], [pullMs])],
    ["the same under a policy, met by a signature", ms(signedPullMs), "", holdAgainst([12], [signedPullMs])],
    ["the same with all its signatures, as a store keeps it", ms(median(allSignedMs)), "", ""],
    ["the same from the store, over readFile of its files", ms(readMs), ratio, holdAgainst([1], [readMs])],
    [`${PARALLEL_PULLS} pulls of it at once, into one store`, ms(parallelMs), "", ""],
  ];
}

const node = await makeNode();
await using _node = node;
const scorer = await storeModule(node.storeDir, "occupancy.wasm");
const selector = await storeModule(node.storeDir, "highest.wasm");
const rows: Row[] = [["what", "measured", "ratio", "budget"]];
rows.push(...(await measureAdds(node, { scorers: [{ module: scorer }], selector: { module: selector } })));
rows.push(...(await measureSelection(node.storeDir, { scorer, selector })));
rows.push(...(await measureSyncs()));
const loads = await measureModuleLoad(node.storeDir, scorer, LOADS);
const loadMs = median(loads);
rows.push(...(await measureModulePulls(node.stateDir)));
rows.push(["module from the store to its first answer", ms(loadMs), "", holdAgainst([50], [loadMs])]);
console.log(
  `node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}; medians, pairs run in turn\n`,
);
console.log(formatTable(rows));
const pipeRows = [10, 100, 1000].flatMap((candidates) => measurePipe(candidates, PIPE_ROUNDS));
console.log(`\n${formatTable([["over the pipe", "written and read", "ratio"], ...pipeRows])}`);

/** `npm run bench`: what genie costs, as a table against the budgets of the design. Nothing here passes or fails. */
import path from "node:path";
import { execa } from "execa";
import { runIsolated } from "../setup/isolation.ts";
import { ensureTools } from "../setup/tools.ts";

const BUILD_MS = 120_000;
const BENCH_MS = 10 * 60_000;

await execa(process.execPath, [path.resolve(import.meta.dirname, "../../cni/build.ts")], {
  timeout: BUILD_MS,
});
const inside = path.join(import.meta.dirname, "inside.ts");
const command = [process.execPath, inside, ...process.argv.slice(2)];
process.exitCode = await runIsolated({ command, tools: await ensureTools(), deadlineMs: BENCH_MS });

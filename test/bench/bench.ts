/** `npm run bench`: what genie costs, as a table against the budgets of the design. Nothing here passes or fails. */
import path from "node:path";
import { buildGenie } from "../setup/build.ts";
import { runIsolated } from "../setup/isolation.ts";
import { runMain } from "../setup/main.ts";
import { ensureTools } from "../setup/tools.ts";

const BENCH_MS = 10 * 60_000;

await runMain(async () => {
  const tools = await ensureTools();
  if (!(await buildGenie())) return 1;
  const command = [process.execPath, path.join(import.meta.dirname, "inside.ts")];
  return runIsolated({ command, tools, deadlineMs: BENCH_MS });
});

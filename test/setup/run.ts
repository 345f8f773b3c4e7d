/**
 * `npm test` and `npm run test:…`: builds, then runs vitest in namespaces of its own. Arguments are passed on to
 * vitest; a configuration among them is used in place of the usual one.
 */
import path from "node:path";
import { buildGenie, CLONE_DIR } from "./build.ts";
import { runIsolated } from "./isolation.ts";
import { buildClusterPrograms } from "./cluster-programs.ts";
import { buildContainerd2 } from "./containerd-2.ts";
import { ensureGoProgram } from "./go-program.ts";
import { buildGoTools } from "./go-tools.ts";
import { JUDGE } from "./judge.ts";
import { runMain } from "./main.ts";
import { fetchForRust } from "./rust.ts";
import { ensureChromium, ensureRuntimes, ensureSkopeo, ensureTools, ensureXtables } from "./tools.ts";

const TESTS_MS = 45 * 60_000;
const BROWSER_TESTS = "test/browser/";
const JUDGE_TESTS = "test/judge/";
const RUST_TESTS = "test/rust/";
const INTEROP_TESTS = "test/interop/";
const CLUSTER_TESTS = "test/cluster/";
const RUNTIME_TESTS = "test/runtimes/vitest.config.ts";

async function main(vitestArguments: readonly string[]): Promise<number> {
  const tools = await ensureTools();
  const isAbout = (folder: string) => vitestArguments.some((word) => word.startsWith(folder));
  if (isAbout(JUDGE_TESTS)) await ensureGoProgram(JUDGE);
  if (isAbout(INTEROP_TESTS)) await buildGoTools();
  if (isAbout(CLUSTER_TESTS)) await buildClusterPrograms();
  if (isAbout(RUNTIME_TESTS)) await buildContainerd2();
  if (isAbout(RUST_TESTS)) {
    const missing = await fetchForRust();
    if (missing !== undefined) {
      console.error(`the example in Rust is not tested here: ${missing}`);
      return 0;
    }
  }
  // Before there is no network.
  if (isAbout(BROWSER_TESTS)) await ensureChromium();
  if (!vitestArguments.includes("--config") || isAbout(RUNTIME_TESTS)) {
    await ensureRuntimes();
    await ensureXtables();
  }
  if (!vitestArguments.includes("--config") || isAbout(INTEROP_TESTS)) await ensureSkopeo();
  if (!(await buildGenie())) return 1;
  const vitest = [path.join(CLONE_DIR, "node_modules/vitest/vitest.mjs"), "run"];
  const usual = ["--config", path.join(CLONE_DIR, "test/vitest.config.ts")];
  const config = vitestArguments.includes("--config") ? [] : usual;
  const command = [process.execPath, ...vitest, ...config, ...vitestArguments];
  return runIsolated({ command, tools, deadlineMs: TESTS_MS });
}

await runMain(() => main(process.argv.slice(2)));

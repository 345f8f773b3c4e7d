/** `npm run demo`: builds Genie, then plays story.ts in namespaces of its own. Touches nothing of this machine. */
import path from "node:path";
import { buildGenie } from "../../test/setup/build.ts";
import { runIsolated } from "../../test/setup/isolation.ts";
import { runMain } from "../../test/setup/main.ts";
import { ensureTools } from "../../test/setup/tools.ts";
import { Page } from "./page/page.ts";
import { paintStdout } from "./page/paint.ts";

const STORY_MS = 120_000;

async function main(): Promise<number> {
  const startedMs = performance.now();
  const elapsed = (): string => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  const page = new Page(console.log, paintStdout);
  page.title("Genie", "WebAssembly modules choose each pod's network; native CNI plugins attach it");
  page.aside("Everything below runs in namespaces of its own: nothing of this machine is touched.");
  const tools = await ensureTools((line) => page.aside(line));
  if (!(await buildGenie())) return 1;
  page.aside(`Genie is built (${elapsed()}).`);
  const command = [process.execPath, path.join(import.meta.dirname, "story.ts")];
  const exitCode = await runIsolated({ command, tools, deadlineMs: STORY_MS });
  if (exitCode !== 0) return exitCode;
  page.gap();
  page.say(`All that is ticked was checked, in ${elapsed()} with the build.`);
  page.say("Read next: README.md (the way of one ADD), selectors/README.md (write a module of your own),");
  page.say("examples/01-demo/scenario.ts (change a price or a subnet, and run this again).");
  page.gap();
  return 0;
}

await runMain(main);

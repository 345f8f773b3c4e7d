/** The demo's page, chapter by chapter. demo.ts runs this in namespaces that stand for a node. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { addNetworks } from "../../test/setup/networks.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";
import { ensureTools } from "../../test/setup/tools.ts";
import { readTraces, stopPods } from "./chapters/clean-up.ts";
import { publishModules } from "./chapters/modules.ts";
import { showNetworks } from "./chapters/networks.ts";
import { meetNeverReturns } from "./chapters/never-returns.ts";
import { showOccupancy } from "./chapters/occupancy.ts";
import { pingPods } from "./chapters/pings.ts";
import { attachPods } from "./chapters/pods.ts";
import { countLeases } from "./node.ts";
import { Page, BrokenPromiseError } from "./page/page.ts";
import { paintStdout } from "./page/paint.ts";
import { SUBNETS } from "./scenario.ts";
import type { Stage } from "./stage.ts";

async function tell(page: Page): Promise<void> {
  const tools = await ensureTools();
  const dir = await mkdtemp(path.join(tmpdir(), "demo-"));
  const confDir = path.join(dir, "net.d");
  const configFile = path.join(confDir, "00-genie.conf");
  await addNetworks({ confDir, subnets: SUBNETS });
  await using registry = await startRegistry({ dir: path.join(dir, "registry") });
  const stage: Stage = { page, tools, dir, confDir, configFile, registryHost: registry.host, pods: [] };

  await showNetworks(stage);
  await publishModules(stage);
  const before = await readTraces();
  const leasesBefore = await countLeases();
  await attachPods(stage);
  await showOccupancy(stage, leasesBefore);
  await pingPods(stage);
  await meetNeverReturns(stage);
  await stopPods(stage, before);
}

const page = new Page(console.log, paintStdout);
try {
  await tell(page);
} catch (error) {
  if (!(error instanceof BrokenPromiseError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

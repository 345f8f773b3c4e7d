import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { geniectl } from "../geniectl.ts";
import { toPluginConfig, toReference, toSelection } from "../plugin-config.ts";
import { startPod } from "../pod.ts";
import { DEADLINE_MS, NEVER_RETURNS, UNLUCKY_POD } from "../scenario.ts";
import type { Stage } from "../stage.ts";
import { showPod, showTitles } from "./pods.ts";

/** Adds a scorer that never returns, and shows that it keeps no pod from its network. */
export async function meetNeverReturns(stage: Stage): Promise<void> {
  const { page, tools, pods } = stage;
  page.chapter("A module that never returns");
  for (const line of NEVER_RETURNS.trimEnd().split("\n")) page.aside(`  ${line}`.trimEnd());
  page.gap();
  const { configFile, digest } = await publishNeverReturns(stage);

  const running = await startPod(UNLUCKY_POD, configFile, tools);
  pods.push(running);
  showTitles(stage);
  const { decision } = await showPod(stage, running);
  const run = decision.modules.find((one) => one.digest === digest);
  page.gap();
  const claim = `it was stopped after ${run?.ms.toFixed(0)} ms; all modules together have ${DEADLINE_MS} ms`;
  page.promise(claim, run?.outcome === "timeout", decision.modules);
  page.promise(
    "the fallback chose, and the pod has its network",
    decision.decidedBy === "fallback",
    decision,
  );
}

/** The way of a module's author and of an admin: build, push, pin, pull. */
async function publishNeverReturns(stage: Stage): Promise<{ configFile: string; digest: string }> {
  const { dir, confDir, registryHost } = stage;
  const source = path.join(dir, "never-returns.ts");
  const wasm = path.join(dir, "never-returns.wasm");
  await writeFile(source, NEVER_RETURNS);
  await geniectl(["build", source, "--kind", "scorer", "-o", wasm]);
  const reference = toReference(registryHost, "never-returns");
  const digest = await geniectl(["push", wasm, reference]);

  const configFile = path.join(dir, "with-never-returns.conf");
  const selection = toSelection(registryHost);
  const scorers = [{ module: reference }, ...selection.scorers];
  const config = toPluginConfig(confDir, { ...selection, scorers });
  await writeFile(configFile, JSON.stringify(config, undefined, 2));
  await geniectl(["pin", "--config", configFile]);
  await geniectl(["pull", "--config", configFile]);
  if (!(await readFile(configFile, "utf8")).includes(digest)) throw new Error(`${configFile} is not pinned`);
  return { configFile, digest };
}

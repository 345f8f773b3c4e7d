import { Command, Option } from "commander";
import { Failure } from "../../core/errors.ts";
import { toFieldName } from "../../core/spec/json.ts";
import { findKind } from "../../registry/artifact/module-kind.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { formatReference, parseReference, type Reference } from "../../registry/reference.ts";
import { warnOfConfig } from "./config-faults.ts";
import { type ConfigFile, parseConfigFile, readConfigFile, replaceConfigFile } from "./config-file.ts";
import { lockConfigFile } from "./config-lock.ts";
import { formatFacts, type ModuleFacts, toFacts } from "./module-facts.ts";
import { checkHasEffect, checkSlots } from "./pin-check.ts";
import { fetchAll, type Fetch, makeFetch } from "./pin-fetch.ts";
import { applyPin, type Pin, planAddition, planPins, planRepins, toPinned } from "./pin-plan.ts";
import type { Shell } from "./shell.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";

interface PinOptions extends PolicyOption {
  readonly config: string;
  readonly store?: string;
  readonly keepTag?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

interface Pinned extends ModuleFacts {
  readonly field: string;
  /** Null where the configuration didn't name this module yet. */
  readonly old: string | null;
  readonly new: string;
}

const HELP = `
Settings are held against the module's own schema, of modules that were pinned before as well: these are
looked for in the configuration's module store first, and one that can't be had stays, with a warning. Nothing is
written unless all else is well. Runtimes read no comments: they are kept, with a warning. Nodes load what is in their
stores: geniectl pull --config FILE fills them.`;

/** `geniectl pin --config FILE [REF]` */
export function pinCommand(shell: Shell): Command {
  const command = new Command("pin").description("write the digests that tags lead to into a configuration");
  return addPolicyOption(command)
    .argument("[reference]", "pin this module, and add it if the configuration doesn't name it")
    .requiredOption("--config <file>", "genie's .conf or .conflist")
    .option("--store <dir>", "also pull into this module store what is pinned")
    .option("--keep-tag", "write registry/repository:tag@digest, for who reads it: the digest alone counts")
    .addOption(new Option("--dry-run", "show what would change, and change nothing").conflicts("store"))
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (reference: string | undefined, options: PinOptions) => {
      const pins = await pin(reference, options, shell);
      const digest = pins.at(-1)?.digest ?? null;
      if (options.json === true) return shell.printJson({ digest, pins, dryRun: options.dryRun === true });
      for (const { field: place, old, new: now, ...facts } of pins) {
        shell.printChange({ place, old: old ?? undefined, now });
        shell.print(`  ${formatFacts(facts)}`);
      }
      if (options.dryRun === true) shell.print(`${options.config} stays as it is`);
      if (digest !== null) shell.print(digest);
    });
}

async function pin(reference: string | undefined, options: PinOptions, shell: Shell): Promise<Pinned[]> {
  const { config: file, store, dryRun } = options;
  await using _lock = dryRun === true ? undefined : await lockConfigFile(file, shell);
  const config = await readConfigFile(file);
  const policy = await openPolicy(options, config);
  const fetch = makeFetch({ store, usualStore: config.moduleStore, policy }, shell);
  const pins =
    reference === undefined ? planPins(config) : await planFor(parseReference(reference), config, fetch);
  if (pins.length === 0) {
    throw new Failure("invalidConfig", `${file} names no module`, {
      details: "add one: geniectl pin --config FILE REF",
    });
  }
  const isChange = reference !== undefined || store !== undefined;
  const warn = isChange ? undefined : (message: string) => shell.warn(message);
  const found = await fetchAll(pins, { config, fetch, warn });
  checkSlots(found, config, shell);
  const pinned = found.map(({ pin: each, ...fetched }) => ({
    pin: each,
    facts: toFacts(fetched),
    now: toPinned(each, fetched.module.digest, options.keepTag === true),
  }));
  const text = pinned.reduce((before, { pin: each, now }) => applyPin(before, each, now), config.text);
  const next = parseConfigFile(file, text);
  for (const { now } of pinned) checkHasEffect(next, now);
  warnOfConfig(next, shell);
  if (text !== config.text && dryRun !== true) await replaceConfigFile(config, text);
  return pinned.map(({ pin: { at, old = null }, facts, now }) => ({
    field: toFieldName(at),
    old,
    new: now,
    ...facts,
  }));
}

async function planFor(reference: Reference, config: ConfigFile, fetch: Fetch): Promise<Pin[]> {
  const repins = planRepins(config, reference);
  if (repins.length > 0) return repins;
  const kind = findKind((await fetch(reference)).module.shape.exports);
  if (kind !== undefined) return [planAddition(config, reference, kind)];
  throw new RegistryFailure("notModule", `${formatReference(reference)} is neither a scorer nor a selector`, {
    todo: "name a module that exports genie:selection/scoring or genie:selection/selecting",
  });
}

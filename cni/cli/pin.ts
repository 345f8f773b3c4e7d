import { Command } from "commander";
import { Failure, listSome } from "../../core/errors.ts";
import { findKind } from "../../registry/module-kind.ts";
import type { Digest } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { formatReference, parseReference, pinReference, type Reference } from "../../registry/reference.ts";
import type { StoredModule } from "../../registry/store/store.ts";
import { fetchArtifact } from "../../registry/transfer.ts";
import { type ConfigFile, parseConfigFile, readConfigFile, replaceConfigFile } from "./config-file.ts";
import { applyPin, type Pin, planAddition, planPins, planRepins } from "./pin-plan.ts";
import { pullModule } from "./pull.ts";
import { listSlotFaults } from "./slot-faults.ts";
import type { Shell } from "./shell.ts";

interface PinOptions {
  readonly config: string;
  readonly store?: string;
  readonly json?: true;
}

interface Pinned {
  /** Null where the configuration didn't name this module yet. */
  readonly old: string | null;
  readonly new: string;
  readonly digest: Digest;
}

/** `geniectl pin --config FILE [REF]` */
export function pinCommand(shell: Shell): Command {
  return new Command("pin")
    .description("write the digests that tags lead to into a configuration")
    .argument("[reference]", "pin this module, and add it if the configuration doesn't name it")
    .requiredOption("--config <file>", "genie's .conf or .conflist")
    .option("--store <dir>", "also pull into this module store what is pinned")
    .option("--json", "print one JSON document")
    .action(async (reference: string | undefined, options: PinOptions) => {
      const pins = await pin(reference, options, shell);
      const digest = pins.at(-1)?.digest ?? "";
      if (options.json === true) return shell.printJson({ digest, pins });
      for (const line of pins.map(formatPinned)) shell.print(line);
      shell.print(digest);
    });
}

async function pin(
  reference: string | undefined,
  { config: file, store }: PinOptions,
  shell: Shell,
): Promise<Pinned[]> {
  const config = await readConfigFile(file);
  const fetch = makeFetch(store, shell);
  const pins =
    reference === undefined ? planPins(config) : await planFor(parseReference(reference), config, fetch);
  if (pins.length === 0) {
    throw new Failure("invalidConfig", `${file} names no module`, {
      details: "add one: geniectl pin --config FILE REF",
    });
  }
  let text = config.text;
  const pinned: Pinned[] = [];
  const faults: string[] = [];
  for (const each of pins) {
    const { digest, wasm } = await resolve(each, store !== undefined, fetch);
    if (wasm !== undefined) faults.push(...checkSlot(each, { config, wasm, shell }));
    if (each.old === undefined || each.old !== pinReference(each.reference, digest))
      text = applyPin(text, each, digest);
    pinned.push({ old: each.old ?? null, new: pinReference(each.reference, digest), digest });
  }
  if (faults.length > 0) {
    throw new Failure("invalidConfig", `${file}: ${listSome(faults, "; ")}`, {
      details: "mend what is named, or stay with the version that took it: nothing was pinned",
    });
  }
  if (text !== config.text) {
    checkPinned(parseConfigFile(file, text), pinned);
    await replaceConfigFile(config, text);
  }
  return pinned;
}

/** @returns why the module can't do its work there. One that was just added has no settings yet: the admin is told. */
function checkSlot(
  { at, old }: Pin,
  { config, wasm, shell }: { config: ConfigFile; wasm: Uint8Array; shell: Shell },
): readonly string[] {
  const slot = config.slots.find((each) => each.at === at);
  const kind = at.includes("scorers") ? "scorer" : "selector";
  const faults = listSlotFaults(slot ?? { at, kind, settings: {} }, wasm);
  if (old !== undefined) return faults;
  for (const fault of faults) shell.warn(fault);
  return [];
}

/** With a key written twice, readers take the last and editors the first. */
function checkPinned({ file, slots }: ConfigFile, pinned: readonly Pinned[]): void {
  const lost = pinned.find((pin) => slots.every(({ reference }) => reference !== pin.new));
  if (lost === undefined) return;
  throw new Failure("invalidConfig", `${file} has a key twice: ${lost.new} would have no effect`, {
    details: "remove the double key",
  });
}

type Fetch = (reference: Reference) => Promise<StoredModule>;

/** Fetches each reference once: into the store if there is one, else only to see that it's a module. */
function makeFetch(store: string | undefined, shell: Shell): Fetch {
  const moduleByReference = new Map<string, Promise<StoredModule>>();
  return (reference) => {
    const name = formatReference(reference);
    shell.progress(`resolving ${name} …`);
    const fetching =
      moduleByReference.get(name) ??
      (store === undefined
        ? fetchArtifact(reference, { signal: shell.signal })
        : pullModule(store, reference, shell));
    moduleByReference.set(name, fetching);
    return fetching;
  };
}

async function planFor(reference: Reference, config: ConfigFile, fetch: Fetch): Promise<Pin[]> {
  const repins = planRepins(config, reference);
  if (repins.length > 0) return repins;
  const kind = findKind((await fetch(reference)).shape.exports);
  if (kind !== undefined) return [planAddition(config, reference, kind)];
  throw new RegistryFailure("notModule", `${formatReference(reference)} is neither a scorer nor a selector`, {
    todo: "name a module that exports genie:selection/scoring or genie:selection/selecting",
  });
}

/** What is pinned already stays, without a question to a registry. */
async function resolve(
  { old, reference }: Pin,
  fetchAnyway: boolean,
  fetch: Fetch,
): Promise<Pick<StoredModule, "digest"> & Partial<StoredModule>> {
  const isKept = old === formatReference(reference) && reference.digest !== undefined;
  if (isKept && reference.digest !== undefined && !fetchAnyway) return { digest: reference.digest };
  return await fetch(reference);
}

function formatPinned({ old, new: now }: Pinned): string {
  if (old === null) return `added ${now}`;
  return old === now ? `${now} (as it was)` : `${old} → ${now}`;
}

import { Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import type { FoundModule } from "../../core/sandbox/port.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import { type Change, type Replacement, type Skip, SKIPS } from "../../core/select/replay.ts";
import { makeDefaultSelection, type SelectionConfig } from "../../core/select/selection-config.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { findKind } from "../../registry/artifact/module-kind.ts";
import { formatReference, parseReference, pinReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { prepareTrial } from "../author/trial.ts";
import { readRecords } from "../decisions/records.ts";
import { type Replayed, replay } from "../decisions/replay.ts";
import { toPodName } from "../decisions/wanted.ts";
import { openGuest, openSource } from "../ports.ts";
import { guardSource } from "../trust.ts";
import { readConfigFile } from "./config-file.ts";
import { readTarget, requireOk } from "./author-options.ts";
import { requireKind } from "../author/subject.ts";
import type { Shell } from "./shell.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";
import { printTable } from "./table.ts";

interface ReplayOptions extends PolicyOption {
  readonly module: string;
  readonly for?: string;
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
}

/** `geniectl replay --module X FILE` */
export function replayCommand(shell: Shell): Command {
  const command = new Command("replay").description(
    "make recorded decisions again with another module, and show what would have changed",
  );
  return addPolicyOption(command)
    .argument("<file>", "records as in decisions.jsonl; - for stdin")
    .requiredOption("--module <module>", "a .wasm file, or the reference of a module in the store")
    .option(
      "--for <digest>",
      "the module in whose place it comes (default: its repository's, or the only one)",
    )
    .option("--config <file>", "take the module store of this .conf or .conflist")
    .option("--store <dir>", `where the other modules are (default: ${DEFAULT_MODULE_STORE})`)
    .option("--json", "print one JSON document")
    .action(async (file: string, options: ReplayOptions) => {
      const selection = makeDefaultSelection();
      const { store, source } = await openTrusted(options, selection);
      const found = await findModule({ name: options.module, store }, shell);
      const { module = await source.load(found.reference, found.kind), ...known } = found;
      const replacement: Replacement = { ...known, inPlaceOf: options.for };
      requireOk(module, { file: options.module });
      const { all, findFaults } = readRecords(file, shell.signal);
      shell.progress(`replaying ${file} …`);
      const openSandbox = (own: typeof selection) => openGuest({ ...own, limits: selection.limits });
      const replayed = await replay(
        all,
        { module, replacement },
        { source, openSandbox, signal: shell.signal },
      );
      const faults = findFaults();
      if (faults !== undefined) shell.warn(faults);
      if (options.json === true) shell.printJson(toDocument(replayed));
      else print(replayed, shell);
      requireAny(replayed, { file, store });
    });
}

/** The store's modules, as far as the trust policy admits them. */
async function openTrusted(options: ReplayOptions, selection: SelectionConfig) {
  const config = options.config === undefined ? undefined : await readConfigFile(options.config);
  const store = options.store ?? config?.moduleStore ?? DEFAULT_MODULE_STORE;
  const policy = await openPolicy(options, config);
  const trust = { findPolicy: async () => policy, storeDir: store };
  return { store, source: guardSource(openSource(store, selection), trust) };
}

interface Found extends Pick<Replacement, "reference" | "kind"> {
  /** Of a file. */
  readonly module?: ModuleResult<FoundModule>;
}

async function findModule({ name, store }: { name: string; store: string }, shell: Shell): Promise<Found> {
  if (name.endsWith(".wasm")) {
    const subject = await readTarget(name, {}, shell);
    const { component } = subject;
    const kind = requireKind(subject);
    shell.progress(`preparing ${name} …`);
    const prepared = requireOk(await prepareTrial({ component, kind }), subject);
    const declared = readEmbeddedMetadata(component).metadata ?? { labels: [], annotations: [] };
    const module = { outcome: "ok", value: { ...prepared, declared } } as const;
    return { reference: `file@${prepared.digest}`, kind, module };
  }
  const named = parseReference(name);
  const digest = named.digest ?? (await findTagged(formatReference(named), store));
  const stored = digest === undefined ? undefined : await openStore(store).findModule(digest);
  const kind = stored && findKind(stored.shape.exports);
  if (stored === undefined || kind === undefined) {
    const why = stored === undefined ? `isn't in ${store}` : "is neither a scorer nor a selector";
    throw new Failure("moduleFailed", `${name} ${why}`, { details: "see geniectl list, geniectl pull" });
  }
  return { reference: pinReference(named, stored.digest), kind };
}

async function findTagged(reference: string, store: string) {
  const entries = await openStore(store).listEntries();
  return entries.find((one) => one.reference === reference)?.digest;
}

/** @throws {Failure} when nothing at all was made again: that no decision differs would be a false comfort. */
function requireAny({ same, changes, skipped }: Replayed, { file, store }: Record<"file" | "store", string>) {
  if (same + changes.length > 0) return;
  if ((skipped.notInStore ?? 0) > 0) {
    throw new Failure("moduleFailed", `no decision of ${file} could be made again`, {
      details: `a module that took part isn't in ${store}: see geniectl pull, or say with --store where it is`,
    });
  }
  throw new Failure("invalidConfig", `no decision of ${file} could be made again`, {
    details: "name a file of records as in decisions.jsonl in which a module of this kind took part",
  });
}

function toDocument({ same, changes, skipped }: Replayed) {
  return { replayed: same + changes.length, same, different: changes.length, skipped, changes };
}

function print({ same, changes, skipped }: Replayed, shell: Shell): void {
  shell.print(`${same + changes.length} decisions made again: ${same} the same, ${changes.length} different`);
  for (const [skip, count] of Object.entries(skipped)) {
    shell.print(`${count} left out: ${SKIPS[skip as Skip]}`);
  }
  if (changes.length > 0) printTable([["POD", "WAS", "WOULD BE", "WHY"], ...changes.map(toRow)], shell);
}

function toRow({ was, wouldBe, why, ...who }: Change): string[] {
  const toCell = (networks: readonly string[]): string => networks.join(", ") || "none";
  return [toPodName(who), toCell(was), toCell(wouldBe), why];
}

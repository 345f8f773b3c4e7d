import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { type Catalogue, findEntry } from "../../registry/catalogue/catalogue.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { formatRepository } from "../../registry/repository-name.ts";
import { findRefusal } from "../../registry/trust/admit.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import { addCatalogueOption, fetchCatalogue } from "./catalogue-options.ts";
import { readConfigFile } from "./config-file.ts";
import { settleEach } from "../../registry/some-at-a-time.ts";
import { lookAtModule } from "./outdated-look.ts";
import { listOutdatedFindings, type Look, type OutdatedFinding, type TaggedDigest } from "./outdated-plan.ts";
import { toPlace } from "./module-place.ts";
import { findPolicySlots } from "./policy-slots.ts";
import { listSlotModules, type SlotModule } from "./pull-slots.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";

interface OutdatedOptions extends PolicyOption {
  readonly config: string;
  readonly catalogue?: Reference;
  readonly json?: true;
}

interface OutdatedModule {
  readonly reference: string;
  /** As `genie.conf: genie.selection.selector.module`. */
  readonly places: readonly string[];
  /** Null where nothing tells one. */
  readonly version: string | null;
  /** Null where there is none beyond it. */
  readonly newest: TaggedDigest | null;
  readonly findings: readonly OutdatedFinding[];
}

const HELP = `
Asks the registries, and the API server where SelectionPolicies count, and changes nothing. Exit code 1 when there is
something to be said of a module, or one can't be asked about; 0 when all are up to date. Pre-releases count only where
one is pinned.`;

/** `geniectl outdated --config FILE` */
export function outdatedCommand(shell: Shell): Command {
  const command = new Command("outdated")
    .description(
      "show which modules of a configuration have newer versions, moved tags or a reason not to be used",
    )
    .requiredOption("--config <file>", "genie's .conf or .conflist");
  return addCatalogueOption(addPolicyOption(command), { isRequired: false })
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async ({ config: file, catalogue: name, json, ...trust }: OutdatedOptions) => {
      const config = await readConfigFile(file);
      const { slots, failure } = await findPolicySlots(config, shell);
      const named = listSlotModules([...config.slots, ...slots]);
      const policy = await openPolicy(trust, config);
      const about = named.map(({ reference }) => formatRepository(reference));
      const catalogue = name && (await fetchCatalogue({ catalogue: name, about }, shell));
      const results = await settleEach(named, (one) => look(one, { file, policy, catalogue }, shell));
      const modules = results.map((result) => {
        if (result.status === "rejected") throw result.reason;
        return result.value;
      });
      if (json === true) shell.printJson(modules);
      else if (modules.length === 0) shell.print(`${file} names no module`);
      else printTable([["MODULE", "VERSION", "NEWEST", "STATE"], ...modules.flatMap(toRows)], shell);
      if (failure !== undefined) throw failure;
      const bad = modules.filter(({ findings }) => findings.length > 0);
      if (bad.length === 0) return;
      throw new Failure(
        "notReady",
        `${bad.length} of ${modules.length} modules of ${file} aren't up to date`,
        {
          details: bad.some(isRefused)
            ? DO_IT
            : `${DO_IT}, or leave them as they are: pinned digests go on working`,
        },
      );
    });
}

const DO_IT = "do what is said with each";

function isRefused({ findings }: OutdatedModule): boolean {
  return findings.some(({ what }) => what === "refused");
}

interface LookOptions {
  readonly file: string;
  readonly policy: TrustPolicy | undefined;
  readonly catalogue: Catalogue | undefined;
}

async function look(
  { reference, slots }: SlotModule,
  { file, policy, catalogue }: LookOptions,
  shell: Shell,
): Promise<OutdatedModule> {
  const name = formatReference(reference);
  const places = slots.map(toPlace);
  shell.progress(`asking about ${name} …`);
  using client = new RegistryClient(reference, await shell.clientOptions());
  try {
    const found = await lookAtModule(reference, client);
    const { version = null, newest = null } = found;
    const deprecated = catalogue && findDeprecation(reference, catalogue);
    const { digest } = reference;
    const refusal = policy && digest && (await findRefusal(policy, { reference, digest }, client));
    const owners = [...new Set(slots.map(({ owner }) => owner))];
    const policies = owners.filter((owner) => owner !== file);
    const config = policies.length < owners.length ? file : undefined;
    const words = { config, policies, repository: formatRepository(reference) };
    const findings = listOutdatedFindings({ ...found, deprecated, refusal }, words);
    return { reference: name, places, version, newest, findings };
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    const findings = [{ what: "failed", detail: error.message, todo: error.todo } as const];
    return { reference: name, places, version: null, newest: null, findings };
  }
}

function findDeprecation(reference: Reference, catalogue: Catalogue): Look["deprecated"] {
  const { digest, tag } = reference;
  const named = digest === undefined ? { version: tag ?? "" } : { digest };
  return findEntry(catalogue, { repository: formatRepository(reference), ...named })?.deprecated;
}

function toRows({ reference, version, newest, findings }: OutdatedModule): string[][] {
  const facts = [reference.replace(/@sha256:[0-9a-f]{64}$/, ""), version ?? "?", newest?.version ?? ""];
  const [first, ...more] = findings;
  if (first === undefined) return [[...facts, "up to date"]];
  const toDo = ({ todo }: OutdatedFinding): string[] => ["", "", "", `→ ${todo}`];
  return [
    [...facts, first.detail],
    toDo(first),
    ...more.flatMap((each) => [["", "", "", each.detail], toDo(each)]),
  ];
}

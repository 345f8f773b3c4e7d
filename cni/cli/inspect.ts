import { Command } from "commander";
import { findEntry } from "../../registry/catalogue/catalogue.ts";
import { type Inspection, inspectModule } from "../../registry/inspect.ts";
import { parseReference, pinReference, type Reference } from "../../registry/reference.ts";
import { formatRepository } from "../../registry/repository-name.ts";
import { judge, type Judgement, toState } from "../../registry/trust/judge.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import { addCatalogueOption, fetchCatalogue } from "./catalogue-options.ts";
import { type InspectedModule, listInspectionRows } from "./inspect-rows.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";

interface InspectOptions extends PolicyOption {
  readonly catalogue?: Reference;
  readonly json?: true;
}

/** `geniectl inspect REF` */
export function inspectCommand(shell: Shell): Command {
  const command = new Command("inspect")
    .description("show what is known of a module in a registry, without running it")
    .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…");
  addCatalogueOption(command, { isRequired: false });
  return addPolicyOption(command, { readsConfig: false })
    .option("--json", "print one JSON document")
    .action(async (reference: string, options: InspectOptions) => {
      const inspected = await inspect(reference, options, shell);
      for (const fault of inspected.faults) shell.warn(`${reference}: ${fault}`);
      if (options.json === true) return shell.printJson(toDocument(inspected));
      printTable([["WHAT", "IT IS"], ...listInspectionRows(inspected)], shell);
      shell.print(inspected.install);
      shell.print(inspected.digest);
    });
}

async function inspect(
  name: string,
  { catalogue, ...options }: InspectOptions,
  shell: Shell,
): Promise<InspectedModule> {
  const reference = parseReference(name);
  const policy = await openPolicy(options, undefined);
  shell.progress(`looking at ${name} …`);
  const inspection = await inspectModule(reference, await shell.clientOptions());
  const repository = formatRepository(reference);
  const known = catalogue && (await fetchCatalogue({ catalogue, about: [repository] }, shell));
  const { digest } = inspection;
  return {
    ...inspection,
    reference: name,
    judgement: policy && judgeFound(policy, reference, inspection),
    entry: known && findEntry(known, { repository, digest }),
    install: `geniectl pin --config FILE ${pinReference(reference, digest)}`,
  };
}

function judgeFound(
  policy: TrustPolicy,
  reference: Reference,
  { digest, signatures }: Inspection,
): Judgement {
  return judge(policy, { reference, digest, signatures });
}

function toDocument({ shape, signatures, judgement, entry, metadata, benchmark, ...rest }: InspectedModule) {
  const { refusal, signatures: judged } = judgement ?? {};
  return {
    ...rest,
    kind: rest.kind ?? null,
    world: rest.world ?? null,
    imports: shape.imports,
    exports: shape.exports,
    metadata: metadata ?? null,
    admitted: judgement === undefined ? null : refusal === undefined,
    refusal: refusal ?? null,
    signatures: signatures.map((found, at) => ({
      format: found.format,
      state: toState(found, judged?.[at]),
      key: judged?.[at]?.key ?? null,
      fault: "fault" in found ? found.fault : (judged?.[at]?.fault ?? null),
    })),
    benchmark: benchmark ?? null,
    catalogue: entry ?? null,
  };
}

import { toFieldName } from "../../core/spec/json.ts";
import type { SettingsSchema } from "../../core/metadata/settings-schema.ts";
import { ARTIFACT_TYPE, OCI_ANNOTATION } from "../../registry/artifact/annotations.ts";
import { BUNDLE } from "../../registry/trust/bundle.ts";
import type { CatalogueEntry } from "../../registry/catalogue/catalogue.ts";
import type { Inspection } from "../../registry/inspect.ts";
import type { Judgement } from "../../registry/trust/judge.ts";
import { formatSize } from "../../registry/size.ts";

/** What is known of a module, put together from the registry, the catalogue and the trust policy. */
export interface InspectedModule extends Inspection {
  readonly reference: string;
  /** Undefined without a policy: nothing says whose signature counts. */
  readonly judgement: Judgement | undefined;
  readonly entry: CatalogueEntry | undefined;
  /** What an admin types to use it. */
  readonly install: string;
}

/** What a person reads of a module, a row each; what isn't there has none. */
export function listInspectionRows(module: InspectedModule): string[][] {
  const { metadata, annotations, entry, benchmark, referrers } = module;
  const ten = benchmark?.latencies.find(({ candidates }) => candidates === 10);
  const rows: [string, string | undefined][] = [
    ["module", `${module.kind ?? "neither scorer nor selector"}, ${module.world ?? "of no world"}`],
    ["title", annotations[OCI_ANNOTATION.title]],
    ["description", metadata?.description],
    ["version", annotations[OCI_ANNOTATION.version]],
    ["licence", annotations[OCI_ANNOTATION.licences]],
    ["source", annotations[OCI_ANNOTATION.source]],
    ["size", formatSize(module.sizeBytes)],
    ["imports", module.shape.imports.join(", ")],
    ["needs KPIs", metadata?.kpis.required.join(", ")],
    ["uses KPIs", metadata?.kpis.optional.join(", ")],
    ["asks for labels", metadata?.labels.join(", ")],
    ["asks for annotations", metadata?.annotations.join(", ")],
    ...listSettings(metadata?.settings),
    ["benchmark", ten && `${ten.p50Ms.toFixed(2)} ms for 10 candidates (p50), on its publisher's machine`],
    ["signatures", toSignatureText(module)],
    ["signed by", entry?.signers.join(", ") && `${entry.signers.join(", ")}, as its publisher says`],
    ["beside it", listBeside(referrers).join(", ")],
    ["published", entry?.publishedAt],
    ["deprecated", entry?.deprecated?.reason],
    ["use instead", entry?.deprecated?.replacedBy],
  ];
  return rows.flatMap(([what, it]) => (it === undefined || it === "" ? [] : [[what, it]]));
}

function listSettings(schema: SettingsSchema | undefined): [string, string][] {
  return Object.entries(schema?.properties ?? {}).map(
    ([name, { type, default: usual, description = "" }]) => {
      const told = [
        type ?? "any value",
        ...(schema?.required?.includes(name) === true ? ["required"] : []),
        ...(usual === undefined ? [] : [`default ${JSON.stringify(usual)}`]),
      ];
      return [toFieldName(["settings", name]), `${told.join(", ")}${description && `: ${description}`}`];
    },
  );
}

function toSignatureText({ signatures, judgement }: InspectedModule): string {
  if (signatures.length === 0) return "none";
  const formats = signatures.map(({ format }) => format).join(", ");
  if (judgement === undefined) return `${formats}; unchecked: see geniectl verify`;
  const { refusal, signatures: judged } = judgement;
  const holding = judged.filter(({ fault }) => fault === undefined).length;
  const verdict =
    refusal === undefined ? "the trust policy admits it" : `the trust policy refuses it: ${refusal}`;
  return `${formats}; ${holding} of ${signatures.length} hold; ${verdict}`;
}

/** Each kind once; signatures have a row of their own. */
function listBeside(referrers: InspectedModule["referrers"]): readonly string[] {
  const types = new Set(referrers.map(({ artifactType }) => artifactType));
  types.delete(BUNDLE);
  return [...types].map(toName);
}

/** Ours by their names, others as they call themselves. */
function toName(artifactType: string | undefined): string {
  const [name] = Object.entries(ARTIFACT_TYPE).find(([, type]) => type === artifactType) ?? [];
  return name ?? artifactType ?? "something without a type";
}

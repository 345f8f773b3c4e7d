import { findOwn, isJsonObject } from "../../core/spec/json.ts";
import {
  type DecisionRecord,
  type RecordedQuestion,
  type RecordedRun,
  toQuestion,
} from "../../core/select/record.ts";
import { REASON_BYTES } from "../../core/select/answer.ts";
import type { Attribute, Candidate, Verdict } from "../../core/select/request.ts";
import { listConfigured, type ModuleConfig } from "../../core/select/selection-config.ts";
import { addVerdicts, type Standings, toStandings, toVerdicts } from "../../core/select/standing.ts";
import type { GoldenCaseInput } from "../../core/golden/case.ts";
import { openRedaction, type Redaction } from "./redaction.ts";

/** Is it this module that ran? */
export type IsWanted = (run: RecordedRun, config: ModuleConfig) => boolean;

/**
 * What the module was asked in one decision and what it answered, as golden cases without names; none where it wasn't
 * asked, or failed. Names, namespaces, nodes, addresses, and values of labels and annotations have stand-ins.
 */
export function toGoldenCases(
  record: DecisionRecord,
  isWanted: IsWanted,
): readonly Omit<GoldenCaseInput, "name">[] {
  const { question: recorded, modules } = record;
  if (recorded === undefined) return [];
  const configured = listConfigured(recorded.selection);
  let held = toStandings(toQuestion(recorded).request.candidates);
  const cases: Omit<GoldenCaseInput, "name">[] = [];
  for (const run of modules) {
    const one = configured[run.at];
    if (one === undefined || run.notAsked !== undefined) continue;
    const isTold = run.outcome === "ok" || (run.outcome === "error" && run.mode !== "shadow");
    if (isTold && isWanted(run, one.config)) cases.push(toCase({ run, config: one.config, held, recorded }));
    if (one.kind === "scorer" && run.mode !== "shadow" && run.outcome === "ok") {
      held = addVerdicts(held, {
        digest: run.digest,
        weight: one.config.weight,
        verdicts: toList(run, held),
      });
    }
  }
  return cases;
}

/** The same cases once; a seed that changed no answer makes no other case. */
export function nameCases(cases: readonly Omit<GoldenCaseInput, "name">[]): readonly GoldenCaseInput[] {
  const caseByText = new Map(cases.map((one) => [JSON.stringify({ ...one, seed: "" }), one]));
  return [...caseByText.values()].map((one, at) => ({ name: `recorded ${at + 1}`, ...one }));
}

interface Seen {
  readonly run: RecordedRun;
  readonly config: ModuleConfig;
  readonly held: Standings;
  readonly recorded: RecordedQuestion;
}

function toCase({ run, config, held, recorded }: Seen): Omit<GoldenCaseInput, "name"> {
  const redaction = openRedaction(recorded.candidates.map(({ network }) => network));
  const { purpose, count, seed, extensions } = recorded;
  const { reasonBytes } = recorded.selection.limits;
  const cleanReason = (text: string): string =>
    isCut(text, reasonBytes) ? redaction.cleanCut(text) : redaction.clean(text);
  const workload = toWorkload(recorded, config, redaction);
  const shown = listShown(run, held, recorded);
  const plugins = shown.flatMap(({ network, plugin }) => (plugin === "bridge" ? [] : [[network, plugin]]));
  const attributes = shown.flatMap((one) =>
    one.attributes.length === 0 ? [] : [[one.network, toTexts(one.attributes, redaction.clean)]],
  );
  const order = shown.map(({ network }) => network);
  const candidates = Object.fromEntries(shown.map(({ network, kpis }) => [network, toKpis(kpis)]));
  const isKept = Object.keys(candidates).every((network, at) => network === order[at]);
  const verdicts = toVerdicts(held).map(({ val }, at) => [shown[at]?.network ?? "", val]);
  return {
    settings: cleanDeep(config.settings, redaction),
    purpose,
    workload,
    candidates,
    ...(!isKept && { order }),
    attributes: Object.fromEntries(attributes),
    plugins: Object.fromEntries(plugins),
    current: shown.filter(({ current }) => current).map(({ network }) => network),
    count,
    seed,
    extensions: toTexts(extensions, redaction.clean),
    ...(run.kind === "selector" && { verdicts: Object.fromEntries(verdicts) }),
    ...(run.outcome === "ok"
      ? { answer: cleanDeep(run.answer, { ...redaction, clean: cleanReason }) }
      : { error: cleanReason(run.detail) }),
  };
}

/** A shadow stands where another scorer may have rejected more, or less, than in the decision. */
function listShown(
  run: RecordedRun,
  held: Standings,
  { candidates }: RecordedQuestion,
): readonly Candidate[] {
  const { answer } = run;
  if (run.mode !== "shadow" || !isJsonObject(answer)) return held.standings.map(({ candidate }) => candidate);
  return candidates.filter(({ network }) => Object.hasOwn(answer, network));
}

/** Of the labels and annotations, those that the admin shows to this module. */
function toWorkload({ workload }: RecordedQuestion, granted: ModuleConfig, { hide, clean }: Redaction) {
  const { orchestrator, namespace, name, node, labels, annotations } = workload;
  const pick = (all: readonly Attribute[], keys: readonly string[]) =>
    toTexts(
      all.filter(({ key }) => keys.includes(key)),
      (value) => hide(value, "value"),
    );
  return {
    orchestrator: clean(orchestrator),
    namespace: hide(namespace, "ns"),
    name: hide(name, "pod"),
    node: hide(node, "node"),
    labels: pick(labels, granted.labels),
    annotations: pick(annotations, granted.annotations),
  };
}

function toTexts(
  attributes: readonly Attribute[],
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, change(value)]));
}

function toKpis(kpis: Candidate["kpis"]) {
  return Object.fromEntries(
    kpis.map(({ name, value, ageMs }) => [name, ageMs === 0 ? value : { value, ageMs }]),
  );
}

/** A scorer's verdicts in the order in which the candidates stood. */
function toList({ answer }: RecordedRun, { standings }: Standings): readonly Verdict[] {
  if (!isJsonObject(answer)) return [];
  return standings.map(({ candidate: { network } }) => {
    const said = findOwn(answer, network);
    return typeof said === "number" ? { tag: "score", val: said } : { tag: "reject", val: String(said) };
  });
}

/** A reason that fills its place, but for what a character may take, or an error's. */
function isCut(text: string, reasonBytes: number): boolean {
  const sizeBytes = Buffer.byteLength(text);
  return [reasonBytes, REASON_BYTES].some((most) => sizeBytes <= most && sizeBytes > most - 4);
}

/** The same value with every text in it cleaned, names of members included; those of networks mean what they say. */
function cleanDeep<T>(value: T, redaction: Pick<Redaction, "clean">): T {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === "string") return redaction.clean(inner);
    if (!isJsonObject(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, member]) => [redaction.clean(name), member]));
  });
  return text === undefined ? value : (JSON.parse(text) as T);
}

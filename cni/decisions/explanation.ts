import type { DecisionRecord, RecordedRun } from "../../core/select/record.ts";
import { listConfigured } from "../../core/select/selection-config.ts";
import { findOwn } from "../../core/spec/json.ts";
import { toPodName } from "./wanted.ts";

/** A page that tells why a pod got its network: lines, and tables with a heading each. */
export type Page = readonly (string | Table)[];
type Table = readonly (readonly string[])[];

/** Explains one decision to an admin. */
export function explain(record: DecisionRecord): Page {
  const { time, id, containerId, modules } = record;
  const names = nameModules(record);
  const shadows = modules.filter(({ shadow }) => shadow !== undefined);
  return [
    `pod ${toPodName(record)}, container ${containerId}, ${time}, decision ${id}`,
    conclude(record, names),
    "",
    toCandidateTable(record, names),
    ...(modules.length === 0 ? [] : ["", toModuleTable(record, names)]),
    ...shadows.map((run) => toShadowLine(run, names, record)),
  ];
}

function conclude(record: DecisionRecord, names: Names): string {
  const { ranking, decidedBy, ms, question } = record;
  const got = ranking.slice(0, question?.count ?? 1).map(({ network }) => network);
  const spent = `in ${ms.toFixed(1)} ms`;
  if (got.length === 0) return `no network: ${toRefusal(record)}, ${spent}`;
  const networks = `network ${got.join(", ")}: ${ranking[0]?.reason ?? ""}`;
  return `${networks}; decided by ${toDecider(record, names)} ${spent}${decidedBy === "fallback" ? toFailures(record, names) : ""}`;
}

/** A module that must not fail did, or all was rejected. */
function toRefusal({ decidedBy }: DecisionRecord): string {
  return decidedBy === "fallback" ? "a module that must not fail did" : "every candidate was rejected";
}

function toDecider({ decidedBy, modules }: DecisionRecord, names: Names): string {
  switch (decidedBy) {
    case "explicit":
      return "the pod, which names it,";
    case "default":
      return "the default";
    case "fallback":
      return "the fallback";
    case "scores":
      return "the scores";
    case "selector": {
      const selector = modules.findLast(({ kind, mode, outcome }) => {
        return kind === "selector" && mode !== "shadow" && outcome === "ok";
      });
      return `the selector ${selector === undefined ? "" : names(selector)}`.trim();
    }
  }
}

function toFailures({ modules }: DecisionRecord, names: Names): string {
  const failed = modules.filter(({ mode, outcome }) => mode === "enforce" && outcome !== "ok");
  return failed.map((run) => `; ${names(run)} failed: ${run.outcome}, ${run.detail}`).join("");
}

function toCandidateTable({ question, ranking, rejected, modules }: DecisionRecord, names: Names): Table {
  const scorers = modules.filter(({ kind, answer }) => kind === "scorer" && answer !== undefined);
  const heading = [
    "RANK",
    "NETWORK",
    "SCORE",
    ...scorers.map((run) => names(run).toUpperCase()),
    "KPIS",
    "WHY",
  ];
  const kpisByNetwork = new Map(question?.candidates.map(({ network, kpis }) => [network, kpis]));
  const ranked = ranking.map(({ network }) => network);
  const known = new Set([...ranked, ...rejected.map(({ network }) => network), ...kpisByNetwork.keys()]);
  const rows = [...known].map((network) => {
    const at = ranked.indexOf(network);
    const place = ranking[at];
    const refusal = rejected.find((one) => one.network === network);
    return [
      at < 0 ? "-" : String(at + 1),
      network,
      place?.score?.toFixed(2) ?? "",
      ...scorers.map((run) => toVerdict(run, network)),
      (kpisByNetwork.get(network) ?? []).map(toKpi).join(" "),
      place?.reason ?? (refusal === undefined ? "not chosen" : `rejected: ${refusal.reason}`),
    ];
  });
  return [heading, ...rows];
}

function toVerdict({ answer }: RecordedRun, network: string): string {
  const said = answer === undefined || Array.isArray(answer) ? undefined : findOwn(answer, network);
  return typeof said === "number" ? String(Number(said.toFixed(3))) : said === undefined ? "" : "rejected";
}

function toKpi({ name, value, ageMs }: { name: string; value: number; ageMs: number }): string {
  const age =
    ageMs < 1_000
      ? ""
      : ageMs < 120_000
        ? ` (${Math.round(ageMs / 1_000)} s old)`
        : ` (${Math.round(ageMs / 60_000)} min old)`;
  return `${name}=${Number(value.toPrecision(4))}${age}`;
}

function toModuleTable({ modules }: DecisionRecord, names: Names): Table {
  const rows = modules.map((run) => [
    names(run),
    run.kind,
    run.mode,
    run.notAsked === undefined ? run.outcome : `${run.outcome}, not asked`,
    run.ms.toFixed(1),
    run.digest,
    run.detail,
  ]);
  return [["MODULE", "KIND", "MODE", "OUTCOME", "MS", "DIGEST", "DETAIL"], ...rows];
}

function toShadowLine(run: RecordedRun, names: Names, { question }: DecisionRecord): string {
  const { shadow } = run;
  const instead = shadow?.ranking.slice(0, question?.count ?? 1).join(", ") || "no network";
  const verdict =
    shadow?.differs === true ? `would have given ${instead} instead` : "would have changed nothing";
  return `the shadow ${names(run)} ${verdict}`;
}

/** What a module is called: the last part of its repository, as far as the record tells. */
type Names = (run: RecordedRun) => string;

function nameModules({ question }: DecisionRecord): Names {
  const configured = question === undefined ? [] : listConfigured(question.selection);
  return ({ at, digest }) => {
    const repository = configured[at]?.config.module.split("@")[0];
    return repository?.split("/").at(-1) ?? digest.slice(0, 19);
  };
}

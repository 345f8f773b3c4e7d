import * as z from "zod";
import { findJsonObject, isNestedWithin, MOST_LEVELS, toFieldName } from "../spec/json.ts";
import { DECIDERS, NOT_ASKED, RUN_MODES } from "./decision.ts";
import { OUTCOMES } from "./outcome.ts";
import type { Question } from "./question.ts";
import { MODULE_KINDS, PURPOSES } from "./request.ts";
import { selection } from "./selection-config.ts";

const text = z.string();
const attributes = z.array(z.object({ key: text, value: text }));

const candidate = z.object({
  network: text,
  plugin: text,
  attributes,
  kpis: z.array(z.object({ name: text, value: z.number(), ageMs: z.number().int().min(0).max(0xffff_ffff) })),
  current: z.boolean(),
});

/** What was decided from. */
const question = z.object({
  purpose: z.enum(PURPOSES),
  workload: z.object({
    orchestrator: text,
    namespace: text,
    name: text,
    labels: attributes,
    annotations: attributes,
    node: text,
  }),
  candidates: z.array(candidate),
  count: z.number().int().min(1).max(0xffff_ffff),
  /** Decimal: JSON has no 64-bit numbers. */
  seed: text.regex(/^\d{1,20}$/),
  extensions: attributes,
  selection,
  /** The network that the fallback `default` prefers. */
  defaultNetwork: text.optional(),
  mayFail: z.boolean(),
});

const moduleRun = z.object({
  at: z.number().int().min(0),
  digest: text,
  kind: z.enum(MODULE_KINDS),
  mode: z.enum(RUN_MODES),
  outcome: z.enum(OUTCOMES),
  detail: text,
  ms: z.number(),
  notAsked: z.enum(NOT_ASKED).optional(),
  answer: z.union([z.record(text, z.union([z.number(), text])), z.array(z.tuple([text, text]))]).optional(),
  shadow: z.object({ differs: z.boolean(), ranking: z.array(text) }).optional(),
});

const record = z.object({
  id: text,
  time: text,
  containerId: text,
  pod: z.object({
    namespace: text,
    name: text,
    uid: text,
    /** Absent for Kubernetes'. */
    orchestrator: z.enum(["mesos", "nomad"]).optional(),
  }),
  /** Absent in lines of a genie that made one interface only. */
  interfaces: z.array(text).default([]),
  ranking: z.array(z.object({ network: text, score: z.number().optional(), reason: text })),
  rejected: z.array(z.object({ network: text, by: text, reason: text })),
  modules: z.array(moduleRun),
  decidedBy: z.enum(DECIDERS),
  ms: z.number(),
  inputs: text,
  /** Absent where it would have made the line too long. */
  question: question.optional(),
});

/** One line of `decisions.jsonl`. */
export type DecisionRecord = z.infer<typeof record>;
export type RecordedQuestion = z.infer<typeof question>;
export type RecordedRun = z.infer<typeof moduleRun>;

/** The record in a line; the clause that says why it is none. */
export function readRecord(line: string): DecisionRecord | string {
  const value = findJsonObject(line);
  if (value === undefined) return "is no JSON object";
  if (!isNestedWithin(value, MOST_LEVELS)) return `is nested more than ${MOST_LEVELS} levels deep`;
  const parsed = record.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `is no decision record: ${toFieldName(issue?.path ?? [])}: ${issue?.message ?? ""}`;
}

/** The question as it was put. */
export function toQuestion(recorded: RecordedQuestion): Question {
  const { selection: configured, defaultNetwork, mayFail, ...request } = recorded;
  return {
    request: { ...request, seed: BigInt(request.seed) },
    selection: configured,
    defaultNetwork,
    mayFail,
  };
}

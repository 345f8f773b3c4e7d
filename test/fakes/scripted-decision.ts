import type { ModuleSource, Sandbox, SelectorQuestion } from "../../core/sandbox/port.ts";
import { planCast } from "../../core/select/cast.ts";
import type { Pass } from "../../core/select/decision.ts";
import type { FailedOutcome, ModuleResult } from "../../core/select/outcome.ts";
import { decide } from "../../core/select/pipeline.ts";
import type { Question } from "../../core/select/question.ts";
import type { PodKeys } from "../../core/select/pod-keys.ts";
import type { SelectionRequest, Workload } from "../../core/select/request.ts";
import { toDigest } from "../../core/select/selection-config.ts";
import { TRAFFIC_KPI } from "../../core/select/traffic.ts";
import { makeSelection } from "./decision.ts";
import { hollowModules } from "./hollow-modules.ts";
import { makeCandidate, makeRequest } from "./request.ts";

/** Modules are called by one letter, which fills their digest. */
export const digestOf = (name: string) => `sha256:${name.repeat(64)}`;
export const module = (name: string, more: object = {}) => ({
  module: `r/${name}@${digestOf(name)}`,
  ...more,
});
export const ok = (value: unknown): ModuleResult<unknown> => ({ outcome: "ok", value });
export const scores = (...values: unknown[]) => ok(values.map((val) => ({ tag: "score", val })));
export const reject = (val: string) => ({ tag: "reject", val });
export const choices = (...indexes: number[]) =>
  ok(indexes.map((candidate) => ({ candidate, reason: `took ${candidate}` })));

/** What most scripts configure: scorer `a`, selector `b`, or both. */
export const oneScorer = { scorers: [module("a")] };
export const onlySelector = { selector: module("b") };
export const both = { ...oneScorer, ...onlySelector };
/** The fallback's order of the networks that a script has when it names none. */
export const firstFit = ["blue", "green", "red"];

interface Script {
  readonly selection: object;
  /** What modules answer, by the letter of their digest. */
  readonly says: Readonly<Record<string, ModuleResult<unknown>>>;
  /** What each call takes of the deadline. */
  readonly takesMs?: number;
  readonly notLoaded?: Readonly<Record<string, FailedOutcome>>;
  readonly notInStore?: string;
  /** What modules ask to see of the pod, by the letter of their digest. */
  readonly declares?: Readonly<Record<string, PodKeys>>;
  readonly workload?: Partial<Workload>;
  /** Is never through with being loaded. */
  readonly hangs?: string;
  /** Is what the store has of it ready? Else it becomes so at no time. */
  readonly isPrepared?: (module: { letter: string }) => boolean;
  readonly networks?: readonly string[];
  /** What cAdvisor measures of each, in their order; where it is absent, nobody asks it. */
  readonly receivedMbps?: readonly number[];
  readonly defaultNetwork?: string;
  readonly mayFail?: boolean;
  readonly seed?: bigint;
  /** Modules that are to be passed over, by the letter of their digest. */
  readonly passed?: Readonly<Record<string, Pass>>;
}

interface Call {
  readonly letter: string;
  readonly request: SelectionRequest;
  readonly verdicts?: SelectorQuestion["verdicts"];
  readonly deadlineMs: number;
}

/**
 * Makes one decision with a guest that says what the script has; `calls` are those that reached it, `stopped`
 * are modules that were no longer to be prepared.
 */
export async function decideScripted(script: Script) {
  const calls: Call[] = [];
  const stopped: string[] = [];
  let nowMs = 1_000;
  const answer = async (call: Call): Promise<ModuleResult<unknown>> => {
    calls.push(call);
    nowMs += script.takesMs ?? 1;
    return script.says[call.letter] ?? { outcome: "error", detail: "nothing is scripted" };
  };
  const sandbox: Sandbox = {
    load: async ({ digest }) => {
      if (letterOf(digest) === script.hangs) return await new Promise(() => undefined);
      nowMs += 500; // loading is no part of the deadline
      const outcome = script.notLoaded?.[letterOf(digest)];
      return outcome === undefined ? { outcome: "ok", value: undefined } : { outcome, detail: "not loaded" };
    },
    score: (digest, request, deadlineMs) => answer({ letter: letterOf(digest), request, deadlineMs }),
    select: (digest, { request, verdicts }, deadlineMs) =>
      answer({ letter: letterOf(digest), request, verdicts, deadlineMs }),
    [Symbol.asyncDispose]: async () => {},
  };
  const source = makeSource(script, stopped);
  const question = toQuestion(script);
  const cast = planCast(question, ({ config }) => script.passed?.[letterOf(toDigest(config))]);
  const decision = await decide(question, { sandbox, source, nowMs: () => nowMs }, cast);
  return { decision, calls, stopped, order: decision.ranking.map(({ network }) => network) };
}

const letterOf = (digest: string) => digest.slice(-1);

/** What the script has in the store. */
function makeSource(script: Script, stopped: string[]): ModuleSource {
  return {
    load: async (reference, kind, signal) => {
      const digest = reference.slice(reference.indexOf("@") + 1);
      if (script.isPrepared?.({ letter: letterOf(digest) }) === false) {
        signal?.addEventListener("abort", () => stopped.push(letterOf(digest)));
        return await new Promise(() => undefined);
      }
      if (letterOf(digest) === script.notInStore)
        return { outcome: "notInStore", detail: "not in the store" };
      const found = await hollowModules.load(reference, kind);
      const declared = script.declares?.[letterOf(digest)];
      if (found.outcome !== "ok" || declared === undefined) return found;
      return { outcome: "ok", value: { ...found.value, declared } };
    },
  };
}

function toQuestion(script: Script): Question {
  const { networks = firstFit, receivedMbps = [], defaultNetwork, mayFail = true } = script;
  const candidates = networks.map((network, at) => {
    const value = receivedMbps[at];
    return makeCandidate(network, {
      kpis: value === undefined ? [] : [{ name: TRAFFIC_KPI, value, ageMs: 0 }],
    });
  });
  const { workload, ...request } = makeRequest({ candidates, seed: script.seed ?? 7n });
  return {
    request: { ...request, workload: { ...workload, ...script.workload } },
    selection: makeSelection(script.selection),
    defaultNetwork,
    mayFail,
    byTraffic: receivedMbps.length > 0,
  };
}

import { parseConfig } from "../../core/config.ts";
import type { Decision, ModuleRun } from "../../core/select/decision.ts";
import type { Question } from "../../core/select/question.ts";
import type { SelectionConfig } from "../../core/select/selection-config.ts";
import { makeRequest } from "./request.ts";

/** A selection as the configuration reads it. */
export function makeSelection(written: object = {}): SelectionConfig {
  const config = { name: "genie", type: "genie", genie: { selection: written } };
  return parseConfig(JSON.stringify(config)).genie.selection;
}

/** A question with nothing of interest in it but what is given. */
export function makeQuestion(more: Partial<Question> = {}): Question {
  const { settings: _, ...request } = makeRequest();
  return { request, selection: makeSelection(), defaultNetwork: undefined, mayFail: true, ...more };
}

/** A decision with nothing of interest in it but what is given. */
export function makeDecision(more: Partial<Decision> = {}): Decision {
  const rest = {
    ranking: [],
    rejected: [],
    modules: [],
    decidedBy: "scores",
    ms: 1,
  } as const;
  return { question: makeQuestion(), ...rest, ...more };
}

/** A call of a scorer that went well, or what is given. */
export function makeRun(more: Partial<ModuleRun> = {}): ModuleRun {
  const rest = { at: 0, kind: "scorer", mode: "enforce", outcome: "ok", detail: "", ms: 1 } as const;
  return { digest: "sha256:a", ...rest, ...more };
}

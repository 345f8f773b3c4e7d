import { applyEdits, modify, type ModificationOptions } from "jsonc-parser";
import type { GoldenRun } from "./run.ts";

/** The file's text with the answer that each of the runs got; `runs[i]` is that of case `i`. The rest stays. */
export function updateAnswers(text: string, runs: readonly GoldenRun[]): string {
  return runs.reduce((json, { passed, got }, at) => {
    if (passed || "failure" in got) return json;
    const [field, other] = "error" in got ? (["error", "answer"] as const) : (["answer", "error"] as const);
    const value = "error" in got ? got.error : got.answer;
    return set(set(json, [at, other], undefined), [at, field], value);
  }, text);
}

function set(json: string, at: readonly (string | number)[], value: unknown): string {
  const options: ModificationOptions = {
    formattingOptions: { insertSpaces: true, tabSize: 2, eol: json.includes("\r\n") ? "\r\n" : "\n" },
  };
  return applyEdits(json, modify(json, [...at], value, options));
}

import type { Pod } from "../intent/pod.ts";
import { type Decision, toDecidedBy } from "./decision.ts";
import { digestInputs, formatQuestion } from "./inputs.ts";

/** Of one line; a decision among 1000 candidates takes 0.4 MB. */
export const LINE_LIMIT_BYTES = 2 ** 20;

/** Who was decided for, and when. */
export interface Occasion {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly containerId: string;
  readonly pod: Pod;
  /** What was decided for. */
  readonly interfaces: readonly string[];
}

/** The line that tells of a decision, without an end of line. One that is too long loses its question and answers. */
export function formatRecord(
  { id, time, containerId, pod, interfaces }: Occasion,
  decision: Decision,
): string {
  const { question: asked, ranking, rejected, modules, ms } = decision;
  const recorded = formatQuestion(asked);
  const said = {
    id,
    time,
    containerId,
    pod,
    interfaces,
    ranking,
    rejected,
    decidedBy: toDecidedBy(decision),
    ms,
    inputs: digestInputs(recorded),
  };
  // The text of the question that is written is the one that was digested: it is long, and made once.
  const line = `${JSON.stringify({ ...said, modules }).slice(0, -1)},"question":${recorded}}`;
  if (Buffer.byteLength(line) <= LINE_LIMIT_BYTES) return line;
  const brief = modules.map((run) => ({ ...run, answer: undefined, shadow: undefined }));
  return JSON.stringify({ ...said, modules: brief });
}

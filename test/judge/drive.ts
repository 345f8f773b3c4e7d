import { execa } from "execa";
import { ensureGoProgram } from "../setup/go-program.ts";
import { JUDGE } from "../setup/judge.ts";
import type { NetworkNamespace } from "../setup/namespace.ts";

export interface JudgeJob {
  readonly verb: "ADD" | "CHECK" | "DEL" | "GC" | "STATUS" | "VALIDATE" | "VERSION" | "CONVERT";
  readonly confList?: string;
  readonly containerId?: string;
  readonly netns?: string;
  readonly ifName?: string;
  readonly args?: readonly (readonly [string, string])[];
  readonly capabilityArgs?: object;
  readonly cniPath?: string;
  readonly cacheDir?: string;
  readonly validAttachments?: readonly object[];
  readonly result?: object;
  readonly toVersion?: string;
}

export interface JudgeOutcome {
  readonly ok: boolean;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code?: number; readonly msg?: string; readonly text?: string };
  readonly version?: readonly string[];
}

const JOB_MS = 60_000;

/** Has the reference libcni do one job, in the network of that namespace. */
export async function askJudge(job: JudgeJob, node?: NetworkNamespace): Promise<JudgeOutcome> {
  const judge = await ensureGoProgram(JUDGE);
  const [program, words] =
    node === undefined ? [judge, []] : ["nsenter", [`--net=${node.path}`, "--", judge]];
  const { stdout } = await execa(program, words, { input: JSON.stringify(job), timeout: JOB_MS });
  return JSON.parse(stdout);
}

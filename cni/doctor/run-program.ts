import { execa } from "execa";
import { endGroup } from "../exec/group.ts";
import { pause } from "../exec/pause.ts";

const OUTPUT_LIMIT_CHARACTERS = 64 * 1024;

export interface ProgramRun {
  readonly file: string;
  readonly arguments?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface ProgramAnswer {
  /** Undefined when a signal ended it, or the kernel could not run it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program answers; undefined when it takes too long, or the signal comes. Nothing that it has started outlives it. */
export async function runProgram(run: ProgramRun): Promise<ProgramAnswer | undefined> {
  const child = execa(run.file, run.arguments ?? [], {
    env: { ...run.env },
    extendEnv: false,
    input: run.stdin ?? "",
    detached: true,
    reject: false,
    cwd: "/",
    maxBuffer: OUTPUT_LIMIT_CHARACTERS,
  });
  const done = new AbortController();
  const stop = run.signal === undefined ? done.signal : AbortSignal.any([done.signal, run.signal]);
  const answer = await Promise.race([child, pause(run.deadlineMs, stop)]);
  done.abort();
  if (child.pid !== undefined) await endGroup(child.pid);
  for (const stream of [child.stdout, child.stderr]) stream.destroy(); // one that left the group may hold them open
  if (answer === undefined) return undefined;
  return { exitCode: answer.exitCode, stdout: answer.stdout, stderr: answer.stderr };
}

import { execa } from "execa";

const RUN_MS = 60_000;

export interface Run {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs another's program to its end, as a person in that folder would, and answers its stdout. */
export async function runProgram(
  [program, ...words]: readonly [string, ...string[]],
  { cwd, env }: Run,
): Promise<string> {
  const options = {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    extendEnv: false,
    timeout: RUN_MS,
  } as const;
  return (await execa(program, words, options)).stdout;
}

import { execa } from "execa";

const END_MS = 10_000;

/** A program that goes on until it is stopped. Gone with us. */
export interface RunningProgram {
  readonly hasEnded: () => boolean;
  /** Returns once the process is gone. */
  readonly stop: () => Promise<void>;
  /** The process stands still: its port accepts, and nothing answers. */
  readonly suspend: () => void;
  readonly resume: () => void;
}

export function runProgram(file: string, words: readonly string[], log: string): RunningProgram {
  const output = { file: log, append: true } as const;
  const process = execa(file, words, {
    stdin: "ignore",
    stdout: output,
    stderr: output,
    reject: false,
    forceKillAfterDelay: END_MS,
  });
  let ended = false;
  void process.then(() => (ended = true));
  return {
    hasEnded: () => ended,
    stop: async () => {
      process.kill("SIGKILL"); // what it holds is thrown away
      await process;
    },
    suspend: () => process.kill("SIGSTOP"),
    resume: () => process.kill("SIGCONT"),
  };
}

import { execa } from "execa";

const VERB_MS = 30_000;

/** Runs a verb of geniectl as an admin does, and answers the last line of its stdout. @throws {ExecaError} */
export async function geniectl(words: readonly string[]): Promise<string> {
  const program = `${import.meta.dirname}/../../dist/bin/geniectl`;
  const { stdout } = await execa(program, words, { timeout: VERB_MS });
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}

import path from "node:path";
import { execa } from "execa";
import { DIST_DIR } from "../../test/setup/build.ts";
import { BrokenPromiseError } from "./page/page.ts";

const VERB_MS = 30_000;

/** Runs a verb of geniectl as an admin does, and answers the last line of its stdout. */
export async function geniectl(words: readonly string[]): Promise<string> {
  const program = path.join(DIST_DIR, "bin/geniectl");
  const { exitCode, stdout, stderr } = await execa(program, words, { timeout: VERB_MS, reject: false });
  if (exitCode !== 0) throw new BrokenPromiseError(`geniectl ${words.join(" ")}: ${lastLine(stderr)}`);
  return lastLine(stdout);
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

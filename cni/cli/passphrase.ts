import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { readInput } from "./input-file.ts";
import type { Shell } from "./shell.ts";

export interface PassphraseOptions {
  readonly passphraseFile?: string;
}

export const PASSPHRASE_VARIABLE = "GENIE_PASSPHRASE";
const MAX_PASSPHRASE_BYTES = 1024;

export function addPassphraseOption(command: Command): Command {
  const told = `holds the key's passphrase in its first line (default: ${PASSPHRASE_VARIABLE}, or you are asked)`;
  return command.option("--passphrase-file <file>", told);
}

/** Out of the file, the environment, or whoever sits at the terminal; undefined where none of them is there. */
export async function findPassphrase(
  { passphraseFile: file }: PassphraseOptions,
  question: string,
  shell: Shell,
): Promise<string | undefined> {
  if (file !== undefined) {
    const [line = ""] = (await readInput(file, MAX_PASSPHRASE_BYTES)).toString("utf8").split(/\r?\n/);
    if (line !== "") return line;
    throw new Failure("invalidConfig", `${file} has no passphrase in its first line`, {
      details: "put one there, or name another file",
    });
  }
  return process.env[PASSPHRASE_VARIABLE] ?? (process.stdin.isTTY ? await ask(question, shell) : undefined);
}

/** Asks at the terminal; nothing of the answer is shown. @throws {Failure} invalidConfig when it ends without one */
async function ask(question: string, { signal }: Shell): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const given = new AbortController();
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT")); // raw, a terminal sends none by itself
  terminal.once("close", () => given.abort());
  process.stderr.write(`${question}: `); // now that the terminal shows no more what is typed
  try {
    return await terminal.question("", { signal: AbortSignal.any([signal, given.signal]) });
  } catch (cause) {
    if (signal.aborted || !given.signal.aborted) throw cause;
    throw new Failure("invalidConfig", "no passphrase was given", { details: "type one, and Enter", cause });
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}

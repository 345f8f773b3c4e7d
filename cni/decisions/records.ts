import { createReadStream } from "node:fs";
import path from "node:path";
import { addAbortSignal } from "node:stream";
import { Failure, findErrno } from "../../core/errors.ts";
import { type DecisionRecord, readRecord } from "../../core/select/record.ts";
import { DECISION_LOG } from "../decision-log.ts";
import { readLines } from "./lines.ts";

/** Where records are read from, oldest first, and what was passed over on the way. */
export interface Records {
  readonly all: AsyncIterable<DecisionRecord>;
  /** Lines that are no record, as text for a person; undefined when there was none. */
  readonly findFaults: () => string | undefined;
}

/** The log of a node with its predecessor, until told to stop. A node without decisions has none. */
export function readLog(stateDir: string, signal: AbortSignal): Records {
  const file = path.join(stateDir, DECISION_LOG);
  const names = [`${file}.1`, file];
  return collect(names.map((name) => ({ name, open: () => openFile(name, signal), mayMiss: true })));
}

/** A file of records, or stdin for `-`, until told to stop. */
export function readRecords(name: string, signal: AbortSignal): Records {
  const openStdin = (): AsyncIterable<Buffer> => addAbortSignal(signal, process.stdin);
  if (name === "-") return collect([{ name: "stdin", open: openStdin, mayMiss: false }]);
  return collect([{ name, open: () => openFile(name, signal), mayMiss: false }]);
}

interface Source {
  readonly name: string;
  readonly open: () => AsyncIterable<Buffer>;
  readonly mayMiss: boolean;
}

function openFile(file: string, signal: AbortSignal): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: 2 ** 18, signal });
}

function collect(sources: readonly Source[]): Records {
  let count = 0;
  let first = "";
  const fault = (text: string): void => {
    if (count === 0) first = text;
    count++;
  };
  async function* all(): AsyncGenerator<DecisionRecord> {
    for (const source of sources) yield* readSource(source, fault);
  }
  const more = (): string =>
    count > 1 ? `, and ${count - 1} more lines are passed over` : " and is passed over";
  return { all: all(), findFaults: () => (count === 0 ? undefined : `${first}${more()}`) };
}

/** @throws {Failure} ioFailure */
async function* readSource(
  { name, open, mayMiss }: Source,
  fault: (text: string) => void,
): AsyncGenerator<DecisionRecord> {
  let number = 0;
  try {
    for await (const line of readLines(open())) {
      number++;
      if (line === "") continue;
      const record = line === undefined ? "is too long" : readRecord(line);
      if (typeof record === "string") fault(`${name}:${number} ${record}`);
      else yield record;
    }
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    if (code === "ENOENT" && mayMiss) return;
    throw new Failure("ioFailure", `${name} can't be read (${code})`, {
      details: "check its name and who may read it",
      cause,
    });
  }
}

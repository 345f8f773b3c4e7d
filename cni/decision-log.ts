import { randomUUID } from "node:crypto";
import { appendFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { unlessMissing } from "../core/missing.ts";
import type { DecisionEntry, Log } from "../core/ports.ts";
import { makeFolder } from "../registry/new-folder.ts";

/** One file and its predecessor: the log never takes more than twice this. */
const ROTATE_AT_BYTES = 8 * 1024 * 1024;

/**
 * Appends one decision to `<stateDir>/decisions.jsonl`. The log explains, nothing depends on it: a disk that says
 * no is warned about and keeps no pod from its network.
 */
export async function recordDecision(
  { containerId, pod, decision }: DecisionEntry,
  stateDir: string,
  log: Log,
) {
  const { refusal: _, ...said } = decision;
  const line = JSON.stringify({
    id: randomUUID(),
    time: new Date().toISOString(),
    containerId,
    pod,
    ...said,
  });
  const file = path.join(stateDir, "decisions.jsonl");
  try {
    await makeFolder(stateDir, 0o700);
    const size = (await unlessMissing(stat(file)))?.size ?? 0;
    if (size > ROTATE_AT_BYTES) await rename(file, `${file}.1`);
    await appendFile(file, `${line}\n`, { mode: 0o600 });
  } catch (error) {
    if (findErrno(error) === undefined) throw error;
    log.warn({ err: error, file }, "the decision could not be recorded");
  }
}

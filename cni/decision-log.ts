import { randomUUID } from "node:crypto";
import { appendFile, open, rename, stat } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessMissing } from "../core/missing.ts";
import type { DecisionEntry, Log } from "../core/ports.ts";
import { formatRecord } from "../core/select/record.ts";
import { findJsonObject, isJsonObject } from "../core/spec/json.ts";
import { makeFolder } from "../registry/new-folder.ts";

/** One file and its predecessor: the log never takes more than twice this. */
const ROTATE_AT_BYTES = 8 * 1024 * 1024;
export const DECISION_LOG = "decisions.jsonl";
/** Some thousand decisions, or twenty among 1000 networks: all that isn't rotated away. */
const SEARCHED_BYTES = ROTATE_AT_BYTES;

/**
 * Appends one decision to `<stateDir>/decisions.jsonl`. The log explains: a disk that says no is warned
 * about and keeps no pod from its network.
 */
export async function recordDecision(
  { containerId, pod, decision }: DecisionEntry,
  stateDir: string,
  log: Log,
) {
  const occasion = { id: randomUUID(), time: new Date().toISOString(), containerId, pod };
  const line = formatRecord(occasion, decision);
  const file = path.join(stateDir, DECISION_LOG);
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

/**
 * The networks that the latest recorded decision ranked for a container, best first; none when the end of the log
 * doesn't tell.
 */
export async function readDecided(containerId: string, stateDir: string): Promise<readonly string[]> {
  const text = await orIoFailure("the decision log can't be read", () =>
    readEnd(path.join(stateDir, DECISION_LOG)),
  );
  const decision = text
    .split("\n")
    .filter((line) => line.includes(containerId))
    .map(findJsonObject)
    .findLast((one) => one?.["containerId"] === containerId);
  const ranking: unknown = decision?.["ranking"];
  const networks = Array.isArray(ranking) ? ranking.filter(isJsonObject).map(({ network }) => network) : [];
  return networks.filter((network) => typeof network === "string");
}

async function readEnd(file: string): Promise<string> {
  const handle = await unlessMissing(open(file, "r"));
  if (handle === undefined) return "";
  await using _handle = handle;
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(size, SEARCHED_BYTES));
  const { bytesRead } = await handle.read({ buffer, position: size - buffer.length });
  return buffer.toString("utf8", 0, bytesRead);
}

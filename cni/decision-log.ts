import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { appendFile, type FileHandle, link, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessMissing } from "../core/missing.ts";
import type { AttachmentHint, DecisionEntry, Log } from "../core/ports.ts";
import { formatRecord } from "../core/select/record-line.ts";
import { findJsonObject, isJsonObject } from "../core/spec/json.ts";
import { makeFolder } from "../registry/file/new-folder.ts";

/** One file and its predecessor: the log never takes more than twice this. */
const ROTATE_AT_BYTES = 8 * 1024 * 1024;
export const DECISION_LOG = "decisions.jsonl";
/** A pipe in the log's place is not waited for. */
const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
const MODE = 0o600;
/** Some thousand decisions, or twenty among 1000 networks: all that isn't rotated away. */
const SEARCHED_BYTES = ROTATE_AT_BYTES;

/**
 * Appends one decision to `<stateDir>/decisions.jsonl`. The log explains: a disk that says no is warned
 * about and keeps no pod from its network.
 */
export async function recordDecision({ decision, ...about }: DecisionEntry, stateDir: string, log: Log) {
  const occasion = { id: randomUUID(), time: new Date().toISOString(), ...about };
  const line = formatRecord(occasion, decision);
  const file = path.join(stateDir, DECISION_LOG);
  try {
    await makeFolder(stateDir, 0o700);
    if (await isFull(file)) await rotate(file);
    await append(file, line);
  } catch (error) {
    if (findErrno(error) === undefined) throw error;
    log.warn({ err: error, file }, "the decision could not be recorded");
  }
}

async function isFull(file: string): Promise<boolean> {
  return ((await unlessMissing(stat(file)))?.size ?? 0) > ROTATE_AT_BYTES;
}

/** Of two calls that rotate at the same time, the later one has the new file in its hands, and gives it back. */
async function rotate(file: string): Promise<void> {
  const taken = `${file}.${randomUUID()}`;
  if ((await unlessMissing(rename(file, taken).then(() => true))) === undefined) return;
  if (await isFull(taken)) return await rename(taken, `${file}.1`);
  await using handle = await open(taken, "r");
  try {
    await link(taken, file);
    await rm(taken);
  } catch (error) {
    if (findErrno(error) !== "EEXIST") throw error;
    await rm(taken); // who writes to it from now on sees that, and what was written before is read
    await appendFile(file, await handle.readFile(), { mode: MODE });
  }
}

/** A line of its own, though a full disk or a crash may have left half of one. */
async function append(file: string, line: string): Promise<void> {
  await using handle = await open(file, APPENDING, MODE);
  const bytes = Buffer.from(`${(await isTorn(handle)) ? "\n" : ""}${line}\n`);
  // Usually one write, so that lines of calls at the same time don't mix.
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
  if ((await handle.stat()).nlink === 0) await append(file, line); // twice is better than never
}

async function isTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return bytesRead === 1 && buffer.toString() !== "\n";
}

/**
 * What the latest recorded decision about each interface of a container ranked, best first; none when the end of the
 * log doesn't tell.
 */
export async function readDecided(containerId: string, stateDir: string): Promise<readonly AttachmentHint[]> {
  const text = await orIoFailure("the decision log can't be read", () =>
    readEnd(path.join(stateDir, DECISION_LOG)),
  );
  const records = text
    .split("\n")
    .filter((line) => line.includes(containerId))
    .map(findJsonObject)
    .filter((one) => one?.["containerId"] === containerId);
  const byInterface = new Map(
    records.flatMap((one) => listTexts(one?.["interfaces"]).map((name) => [name, one])),
  );
  return [...byInterface].flatMap(([ifName, one]) =>
    listRanked(one?.["ranking"]).map((network) => ({ network, ifName })),
  );
}

function listRanked(ranking: unknown): readonly string[] {
  const ranked = Array.isArray(ranking) ? ranking.filter(isJsonObject) : [];
  return listTexts(ranked.map(({ network }) => network));
}

function listTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
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

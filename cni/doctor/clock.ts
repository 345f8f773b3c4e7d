import { stat } from "node:fs/promises";
import path from "node:path";
import { unlessMissing } from "../../core/missing.ts";
import { DECISION_LOG } from "../decision-log.ts";
import { type Finding, ok, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

/** Before this genie was written: such a clock was never set. */
const EARLIEST_MS = Date.UTC(2025, 0, 1);
/** Another clock's idea of the time, or one's own before it was set. */
const TOLERATED_MS = 60_000;

/** Registries' certificates and the order of recorded decisions go by the clock; no deadline does. */
export async function checkClock({ folders }: Subject): Promise<readonly Finding[]> {
  const nowMs = Date.now();
  const now = new Date(nowMs).toISOString();
  const todo = "set the clock, and have it kept: pulls check certificates by it";
  if (nowMs < EARLIEST_MS) return [warning("clock", { detail: `${now} is long past`, todo })];
  const latest = await unlessMissing(stat(path.join(folders.stateDir, DECISION_LOG)));
  if (latest !== undefined && latest.mtimeMs > nowMs + TOLERATED_MS) {
    const detail = `${now}, but the latest decision was recorded at ${latest.mtime.toISOString()}`;
    return [warning("clock", { detail, todo })];
  }
  return [ok("clock", now)];
}

import { unlessCode } from "../../core/missing.ts";
import type { GuestProcess } from "../../core/sandbox/host/connection.ts";
import { pause } from "../exec/pause.ts";
import { spawnGuest } from "../guest-process.ts";
import { type Finding, ok, problem, warning } from "./check.ts";
import { BARS, judgeBars, readGuestEntry } from "./guest-bars.ts";

const CHECK = "guest process";
const READY_WITHIN_MS = 10_000;

/** What stands around modules on this node, as a guest process shows that is started for it. */
export async function checkGuest(): Promise<readonly Finding[]> {
  const guest = spawnGuest();
  await using _undo = {
    [Symbol.asyncDispose]: async () => {
      guest.kill();
      await guest.ended;
    },
  };
  const done = new AbortController();
  const ready = await Promise.race([waitForWords(guest.output), pause(READY_WITHIN_MS, done.signal)]);
  done.abort();
  if (guest.pid === undefined || ready !== true) return [await tellEnd(guest)];
  const entry = await unlessCode(readGuestEntry(guest.pid), ["ENOENT", "ESRCH"]);
  if (entry === undefined) return [await tellEnd(guest)];
  const { fallen, todo } = judgeBars(entry);
  const standing = BARS.filter((bar) => !fallen.includes(bar)).map(({ name }) => name);
  if (fallen.length === 0) return [ok(CHECK, `starts, behind ${standing.join(", ")}`)];
  const missing = fallen.map(({ name }) => name).join(", ");
  return [warning(CHECK, { detail: `starts without ${missing}; behind ${standing.join(", ")}`, todo })];
}

/** A guest says when it is ready. @returns false when it ends before. */
async function waitForWords(output: AsyncIterable<Uint8Array>): Promise<boolean> {
  return (await output[Symbol.asyncIterator]().next()).done !== true;
}

async function tellEnd(guest: GuestProcess): Promise<Finding> {
  guest.kill();
  const { lastWords } = await guest.ended;
  const why = lastWords === "" ? "" : `: ${lastWords}`;
  const detail = `doesn't start${why}; no module is asked, the fallback decides`;
  return problem(CHECK, { detail, todo: "see what is said about node, programs and the kernel" });
}

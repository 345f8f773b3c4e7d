import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../core/errors.ts";
import type { Budget } from "./budget.ts";
import { type ApiCall, type ApiReply, exchange, type Line } from "./exchange.ts";
import {
  type Attempt,
  findPauseMs,
  isOfAnother,
  isOfEndingNamespace,
  type Right,
  toRefusal,
} from "./refusal.ts";
import type { Server } from "./server.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

export interface Asking {
  readonly server: Server;
  readonly agent: Line["agent"];
  readonly budget: Budget;
  readonly right: Right;
  /** The call's own. */
  readonly signal: AbortSignal;
}

/**
 * Puts a question until it is answered, with growing and jittered pauses, as long as the failure may pass and there is
 * time. The token is read anew each time.
 *
 * @returns an answer with status 2xx; or 404, or what a patch of another object or a namespace that is being removed gets:
 * these say something of the object.
 * @throws {Failure} tryAgainLater
 */
export async function ask(call: ApiCall, asking: Asking): Promise<ApiReply> {
  const signal = AbortSignal.any([asking.signal, asking.budget.start()]);
  try {
    return await askAgain(call, asking, signal);
  } catch (cause) {
    if (!asking.signal.aborted) throw cause;
    throw new Failure("tryAgainLater", "the call was ended while the API server was asked", { cause });
  }
}

async function askAgain(call: ApiCall, asking: Asking, signal: AbortSignal): Promise<ApiReply> {
  const { server, agent, budget, right } = asking;
  for (let tries = 0; ; tries++) {
    const token = await server.readToken();
    const attempt = await attemptOnce(sign(call, token), { tls: server.tls, agent, signal });
    if ("reply" in attempt && isTelling(attempt.reply, right)) return attempt.reply;
    const isRenewed = isUnknown(attempt) && (await server.readToken()) !== token;
    const leastMs = isRenewed ? 0 : findPauseMs(attempt, right, tries);
    const grownMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries) * (0.5 + Math.random());
    const pauseMs = Math.max(leastMs ?? 0, grownMs);
    if (leastMs === undefined || pauseMs >= budget.leftMs()) throw toRefusal(attempt, right);
    await sleep(pauseMs, undefined, { signal });
  }
}

async function attemptOnce(call: ApiCall, line: Line): Promise<Attempt> {
  try {
    return { reply: await exchange(call, line) };
  } catch (error) {
    line.signal.throwIfAborted();
    return { error };
  }
}

function sign(call: ApiCall, token: string | undefined): ApiCall {
  if (token === undefined) return call;
  return { ...call, headers: { ...call.headers, authorization: `Bearer ${token}` } };
}

function isTelling(reply: ApiReply, { verb, namespace }: Right): boolean {
  const { status } = reply;
  if (status === 404 || (status >= 200 && status < 300)) return true;
  return verb === "patch" ? isOfAnother(reply) : namespace !== "" && isOfEndingNamespace(reply);
}

function isUnknown(attempt: Attempt): boolean {
  return "reply" in attempt && attempt.reply.status === 401;
}

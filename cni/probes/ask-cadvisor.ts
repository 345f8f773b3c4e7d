import { findErrno } from "../../core/errors.ts";
import { checkLiteralAddress, guardedLookup } from "../../registry/client/address.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { exchange, MAX_ANSWER_BYTES, openAgent } from "../cluster/exchange.ts";

/** A pod waits for it; on a node that has much to do it takes its time. */
const DEADLINE_MS = 1_000;
/** The root container, as of version 1.3 of cAdvisor's API. */
const PATH = "/api/v1.3/containers";

type Answer = { readonly text: string } | { readonly text: undefined; readonly reason: string };

/** It is asked where the admin said, and nowhere else: no redirect is followed, no name leads to a link-local address. */
export async function askCadvisor(
  address: string,
  signal: AbortSignal = AbortSignal.timeout(DEADLINE_MS),
): Promise<Answer> {
  const url = URL.parse(PATH, address);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return refuse("it is no URL of http");
  if (url.username !== "" || url.password !== "") return refuse("it has a user, and genie sends none");
  const agent = openAgent(url.href, { lookup: guardedLookup(true) });
  const body = JSON.stringify({ num_stats: 2 });
  const headers = { "content-type": "application/json" };
  try {
    checkLiteralAddress(url, true);
    const call = { method: "POST", url: url.href, headers, body };
    const { status, text } = await exchange(call, { tls: { rejectUnauthorized: true }, agent, signal });
    if (status !== 200) return refuse(`it answered with ${status}`);
    return text === undefined ? refuse(`it answered with more than ${MAX_ANSWER_BYTES} bytes`) : { text };
  } catch (error) {
    if (signal.aborted) return refuse(`it took more than ${DEADLINE_MS} ms`);
    if (error instanceof RegistryFailure || findErrno(error) !== undefined)
      return refuse((error as Error).message);
    throw error;
  } finally {
    agent.destroy();
  }
}

function refuse(reason: string): Answer {
  return { text: undefined, reason };
}

import type { Config } from "../../core/config.ts";
import { findTraffic, toTrafficSamples } from "../../core/kpi/link-traffic.ts";
import type { Sample } from "../../core/kpi/names.ts";
import type { NodeNetwork } from "../../core/networks/candidates.ts";
import type { Log } from "../../core/ports.ts";

/** A pod waits for it; on a node that has much to do it takes its time. */
const DEADLINE_MS = 1_000;
/** Of a node with hundreds of links, two looks are some 100 KiB. */
const MOST_BYTES = 4 * 2 ** 20;
/** The root container, as of version 1.3 of cAdvisor's API. */
const PATH = "/api/v1.3/containers";

interface CadvisorPorts {
  readonly log: Log;
  /** When the deadline is over. */
  readonly late?: AbortSignal;
}

/**
 * Measures what each network carries, by what cAdvisor counts on the node's links. Only where the admin says where
 * cAdvisor is. Where it doesn't answer, and well, there is no sample: modules see the KPIs as absent and decide.
 */
export async function sampleCadvisor(
  networks: readonly NodeNetwork[],
  { cAdvisor_address: address, genie }: Pick<Config, "cAdvisor_address" | "genie">,
  { log, late = AbortSignal.timeout(DEADLINE_MS) }: CadvisorPorts,
): Promise<readonly Sample[]> {
  if (address === undefined) return [];
  const answer = await ask(address, late);
  const shown = address.replace(/^.*@/, "…@"); // before it, there may be a password
  if (answer.text === undefined) {
    log.warn({ address: shown, reason: answer.reason }, "cAdvisor tells nothing of the node's links");
    return [];
  }
  const traffic = findTraffic(answer.text);
  if (traffic !== undefined) return toTrafficSamples(traffic, networks, genie.networks);
  log.warn({ address: shown }, "cAdvisor's answer has not two looks at the node's links");
  return [];
}

type Answer = { readonly text: string } | { readonly text: undefined; readonly reason: string };

/** Follows no redirect: it is asked where the admin said, and nowhere else. */
async function ask(address: string, signal: AbortSignal): Promise<Answer> {
  const url = URL.parse(PATH, address);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return refuse("it is no URL of http");
  if (url.username !== "" || url.password !== "") return refuse("it has a user, and genie sends none");
  const body = JSON.stringify({ num_stats: 2 });
  const headers = { "content-type": "application/json" };
  try {
    const reply = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
    if (!reply.ok) return refuse(`it answered with ${reply.status}`);
    return await readBounded(reply);
  } catch (error) {
    if (signal.aborted) return refuse(`it took more than ${DEADLINE_MS} ms`);
    if (error instanceof TypeError) return refuse(tellCause(error)); // fetch's word for whatever went wrong on the way
    throw error;
  }
}

async function readBounded(reply: Response): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) return refuse(`it answered with more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString("utf8") };
}

function refuse(reason: string): Answer {
  return { text: undefined, reason };
}

function tellCause({ message, cause }: TypeError): string {
  return cause instanceof Error ? cause.message : message;
}

import { RegistryFailure } from "../errors.ts";
import { type Call, exchange, type Reply, type Transport } from "./exchange.ts";
import type { HostRules } from "./host-rules.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * An exchange that follows redirects, within bounds and without credentials to another origin.
 * @throws {RegistryFailure} badRedirect, and what `exchange` throws
 */
export async function follow(call: Call, transport: Transport): Promise<Reply> {
  let next = call;
  for (let hops = 0; hops <= transport.limits.redirects; hops++) {
    const reply = await exchange(next, transport);
    if (!REDIRECTS.has(reply.status)) return reply;
    next = planHop(next, reply.headers.location ?? "", transport.rules);
  }
  throw new RegistryFailure(
    "badRedirect",
    `${call.url.host} redirects more than ${transport.limits.redirects} times`,
  );
}

function planHop(call: Call, location: string, rules: HostRules): Call {
  if (call.method !== "GET" && call.method !== "HEAD") {
    throw new RegistryFailure("badRedirect", `${call.url.host} redirects a ${call.method}`);
  }
  const url = resolveLocation(call.url, location, rules);
  if (url.origin === call.url.origin) return { ...call, url };
  const { authorization: _, ...headers } = call.headers; // gone for good, also when a later hop comes back
  return { ...call, url, headers };
}

/**
 * Where a Location header leads.
 * @throws {RegistryFailure} badRedirect unless it's https, or goes from http to http where that is allowed
 */
export function resolveLocation(from: URL, location: string, rules: HostRules): URL {
  const url = URL.parse(location, from.href);
  const plain = url?.protocol === "http:" && from.protocol === "http:" && rules.mayBePlain(url.host);
  if (url === null || location === "" || url.username !== "" || !(url.protocol === "https:" || plain)) {
    throw new RegistryFailure(
      "badRedirect",
      `${from.host} sends us to ${JSON.stringify(location.slice(0, 200))}`,
    );
  }
  return url;
}

import { RegistryFailure } from "../errors.ts";
import type { Call, Reply } from "./exchange.ts";
import type { Connection } from "./connection.ts";

/** Of one list; a registry that always names another page is left. */
const MAX_PAGES = 200;
const MAX_PAGE_BYTES = 4 * 2 ** 20;

interface PageOptions {
  readonly accept: string;
  /** Beside 404, what says of the first page that there is no such list. */
  readonly absent?: readonly number[];
}

/** A list that a registry gives in pages, as they come; nothing when it has no such list. */
export async function* readPages(
  connection: Connection,
  first: URL,
  { accept, absent = [] }: PageOptions,
): AsyncGenerator<Reply> {
  const { listMs } = connection.transport.limits;
  const giveUpAtMs = performance.now() + listMs;
  let url: URL | undefined = first;
  for (let pages = 0; url !== undefined; pages++) {
    if (pages === MAX_PAGES)
      throw new RegistryFailure("tooLarge", `${first.host} gives a list of more than ${MAX_PAGES} pages`);
    if (pages > 0 && performance.now() > giveUpAtMs)
      throw new RegistryFailure(
        "timeout",
        `${first.host} gives a list of which ${pages} pages took ${listMs} ms`,
      );
    const call: Call = { method: "GET", url, headers: { accept }, maxBytes: MAX_PAGE_BYTES };
    const none = pages === 0 ? [404, ...absent] : [404];
    const reply = await connection.repeat(call, { statuses: [200, ...none], action: "pull" });
    if (reply.status !== 200) return;
    yield reply;
    url = findNext(reply);
  }
}

/** The next page is on the registry itself: elsewhere a list could be told that is not the registry's. */
function findNext({ headers, url }: Reply): URL | undefined {
  const { link } = headers;
  if (typeof link !== "string") return undefined;
  const [, target] = /<([^>]{1,2048})>\s*;\s*rel="?next"?/i.exec(link) ?? [];
  if (target === undefined) return undefined;
  const next = URL.parse(target, url.href);
  if (next?.origin === url.origin && next.username === "") return next;
  throw new RegistryFailure("badRedirect", `${url.host} gives the next page of a list to another host`);
}

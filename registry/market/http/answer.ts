import type { Html } from "../html.ts";

/** What a visitor asked for: the path in its parts, each decoded. */
export interface Visit {
  readonly path: readonly string[];
  readonly params: URLSearchParams;
  /** Aborted when the visitor has gone, or the server ends. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** In the place of, or beside, those of `SAFE_HEADERS`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `forever` where the address changes with the content; else the browser asks each time whether it did. */
  readonly caching: "ask" | "forever";
}

/** Answers what is asked for, or leaves it to the next route. */
export type Route = (visit: Visit) => Promise<Answer | undefined> | Answer | undefined;

export function htmlAnswer(page: Html, status = 200): Answer {
  return {
    status,
    contentType: "text/html; charset=utf-8",
    body: `<!doctype html>\n${page.text}\n`,
    caching: "ask",
  };
}

import { request } from "node:https";
import { text } from "node:stream/consumers";

const CALL_MS = 30_000;

export interface ApiCall {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the query, if any. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** Of what is sent; JSON unless it says otherwise. */
  readonly contentType?: string;
  /** The form of the answer, where it isn't the usual one. */
  readonly accept?: string;
  readonly token?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** An object of the API or a Status; the text where it isn't JSON. */
  readonly body: unknown;
}

export interface ApiAddress {
  readonly url: string;
  /** Certificate of the authority, PEM. */
  readonly authority: string;
}

/** One call, as it goes over the wire: the clients under test aren't asked. */
export async function callApi({ url, authority }: ApiAddress, call: ApiCall): Promise<ApiAnswer> {
  const { method = "GET", path, body, contentType = "application/json", accept = "application/json" } = call;
  const { text: sent = body === undefined ? undefined : JSON.stringify(body), token } = call;
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const headers = {
    accept,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(sent !== undefined && { "content-type": contentType }),
  };
  const options = { method, headers, ca: authority, agent: false, signal: AbortSignal.timeout(CALL_MS) };
  const calling = request(new URL(path, url), options, (response) => {
    const isJson = response.headers["content-type"]?.startsWith("application/json");
    text(response).then(
      (answer) => resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer }),
      reject,
    );
  });
  calling.once("error", reject);
  calling.end(sent);
  return promise;
}

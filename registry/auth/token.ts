import { follow } from "../client/redirect.ts";
import type { Call, Transport } from "../client/exchange.ts";
import type { HostRules } from "../client/host-rules.ts";
import { toRefusal } from "../client/refusal.ts";
import { RegistryFailure } from "../errors.ts";
import { parseJsonObject } from "../json.ts";
import type { Challenge } from "./challenge.ts";
import type { Credential } from "./credential.ts";

const MAX_ANSWER_BYTES = 2 ** 20;
/** Servers bound all headers of a request: Go's at 1 MiB, node's at 16 KiB, nginx one line at 8 KiB. */
const MAX_TOKEN_LENGTH = 64 * 2 ** 10;

/** An Authorization header. */
export interface Grant {
  readonly header: string;
  /** Since the epoch. */
  readonly endsAtMs: number;
}

/**
 * Asks the token service that a challenge names, for exactly these scopes whatever the challenge asks for.
 * Source: distribution's "Token Authentication Specification"; OAuth 2 where an identity token is at hand.
 *
 * @throws {RegistryFailure} unauthorized, badAnswer, and what `exchange` throws
 */
export async function fetchToken(
  challenge: Challenge,
  { scopes, credential }: { scopes: readonly string[]; credential: Credential | undefined },
  transport: Transport,
): Promise<Grant> {
  const realm = checkRealm(challenge.params.get("realm"), transport.rules);
  const service = challenge.params.get("service") ?? "";
  const call =
    credential !== undefined && "identityToken" in credential
      ? postCall(realm, { service, scope: scopes.join(" "), refresh_token: credential.identityToken })
      : getCall(realm, { service, scopes }, credential);
  const reply = await follow(call, transport);
  if (reply.status !== 200) throw toRefusal(call, reply);
  const answer = parseJsonObject(reply.body, `the token of ${realm.host}`);
  const token = answer["token"] ?? answer["access_token"];
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new RegistryFailure("badAnswer", `${realm.host} gave no usable token`);
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    const said = `${realm.host} gave a token of ${token.length} characters, more than ${MAX_TOKEN_LENGTH}`;
    throw new RegistryFailure("badAnswer", said, { todo: "ask the operator of the token service" });
  }
  const seconds = typeof answer["expires_in"] === "number" ? answer["expires_in"] : 60;
  return { header: `Bearer ${token}`, endsAtMs: Date.now() + Math.max(30, seconds - 10) * 1000 };
}

/** The value of a Basic Authorization header. */
export function formatBasic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A password goes only over TLS, within this machine, or where the admin says so. */
function checkRealm(realm: string | undefined, rules: HostRules): URL {
  const url = URL.parse(realm ?? "");
  const plain = url?.protocol === "http:" && rules.mayBePlain(url.host);
  if (url === null || url.username !== "" || !(url.protocol === "https:" || plain)) {
    throw new RegistryFailure(
      "badAnswer",
      `the registry names a token service that may not be asked: ${JSON.stringify(realm?.slice(0, 200))}`,
    );
  }
  return url;
}

function getCall(
  realm: URL,
  { service, scopes }: { service: string; scopes: readonly string[] },
  credential: { username: string; password: string } | undefined,
): Call {
  const url = new URL(realm);
  if (service !== "") url.searchParams.set("service", service);
  url.searchParams.delete("scope");
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const headers: Record<string, string> =
    credential === undefined ? {} : { authorization: formatBasic(credential) };
  return { method: "GET", url, headers, maxBytes: MAX_ANSWER_BYTES };
}

function postCall(realm: URL, fields: Record<string, string>): Call {
  const form = new URLSearchParams({ grant_type: "refresh_token", client_id: "genie", ...fields });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return {
    method: "POST",
    url: realm,
    headers,
    body: Buffer.from(form.toString()),
    maxBytes: MAX_ANSWER_BYTES,
  };
}

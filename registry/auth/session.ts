import type { Call, Reply, Transport } from "../client/exchange.ts";
import type { Reference } from "../reference.ts";
import { parseChallenges } from "./challenge.ts";
import type { Environment } from "./credential.ts";
import { findCredential } from "./credentials.ts";
import { fetchToken, formatBasic, type Grant } from "./token.ts";

/** What a call takes. */
export interface Right {
  readonly action: "pull" | "pull,push" | "delete";
  /** Another repository of the same registry, which is read from as well. */
  readonly alsoFrom?: string;
}

/** How we're logged in to one repository. Credentials are looked up when a registry asks for them, and only then. */
export class Session {
  readonly #repository: string;
  readonly #scopeName: string;
  readonly #env: Environment;
  readonly #grantByScopes = new Map<string, Grant>();

  constructor({ host, repository }: Reference, env: Environment) {
    this.#repository = `${host}/${repository}`;
    this.#scopeName = repository;
    this.#env = env;
  }

  /** @returns the call with the login that we have for it, if any. */
  sign(call: Call, right: Right): Call {
    const grant = this.#grantByScopes.get(this.#listScopes(right).join(" "));
    if (grant === undefined || grant.endsAtMs <= Date.now()) return call;
    return { ...call, headers: { ...call.headers, authorization: grant.header } };
  }

  /** Logs in as the registry's 401 asks for; false when we have nothing to answer with. */
  async answer(reply: Reply, right: Right, transport: Transport): Promise<boolean> {
    const scopes = this.#listScopes(right);
    const key = scopes.join(" ");
    const challenges = parseChallenges(reply.headers["www-authenticate"] ?? "");
    const credential = await findCredential({
      repository: this.#repository,
      env: this.#env,
      signal: transport.signal,
    });
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer !== undefined) {
      this.#grantByScopes.set(key, await fetchToken(bearer, { scopes, credential }, transport));
      return true;
    }
    const offersBasic = challenges.some(({ scheme }) => scheme === "basic");
    if (!offersBasic || credential === undefined || !("username" in credential)) return false;
    this.#grantByScopes.set(key, { header: formatBasic(credential), endsAtMs: Infinity });
    return true;
  }

  /** Source: distribution's "Token Scope Documentation". */
  #listScopes({ action, alsoFrom }: Right): string[] {
    const own = `repository:${this.#scopeName}:${action}`;
    return alsoFrom === undefined ? [own] : [own, `repository:${alsoFrom}:pull`];
  }
}

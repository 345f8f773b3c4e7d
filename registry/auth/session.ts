import type { Call, Reply, Transport } from "../client/exchange.ts";
import type { Reference } from "../reference.ts";
import { parseChallenges } from "./challenge.ts";
import { type Environment, findCredential } from "./credentials.ts";
import { fetchToken, formatBasic, type Grant } from "./token.ts";

export type Action = "pull" | "pull,push" | "delete";

/** How we're logged in to one repository. Credentials are looked up when a registry asks for them, and only then. */
export class Session {
  readonly #repository: string;
  readonly #scopeName: string;
  readonly #env: Environment;
  readonly #grantByAction = new Map<Action, Grant>();

  constructor({ host, repository }: Reference, env: Environment) {
    this.#repository = `${host}/${repository}`;
    this.#scopeName = repository;
    this.#env = env;
  }

  /** @returns the call with the login that we have for it, if any. */
  sign(call: Call, action: Action): Call {
    const grant = this.#grantByAction.get(action);
    if (grant === undefined || grant.endsAtMs <= Date.now()) return call;
    return { ...call, headers: { ...call.headers, authorization: grant.header } };
  }

  /** Logs in as the registry's 401 asks for; false when we have nothing to answer with. */
  async answer(reply: Reply, action: Action, transport: Transport): Promise<boolean> {
    const challenges = parseChallenges(reply.headers["www-authenticate"] ?? "");
    const credential = await findCredential(this.#repository, this.#env);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer !== undefined) {
      const scope = `repository:${this.#scopeName}:${action}`;
      this.#grantByAction.set(action, await fetchToken(bearer, { scope, credential }, transport));
      return true;
    }
    const offersBasic = challenges.some(({ scheme }) => scheme === "basic");
    if (!offersBasic || credential === undefined || !("username" in credential)) return false;
    this.#grantByAction.set(action, { header: formatBasic(credential), endsAtMs: Infinity });
    return true;
  }
}

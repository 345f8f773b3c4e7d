import type { Environment } from "../auth/credential.ts";
import { type Right, Session } from "../auth/session.ts";
import { RegistryFailure } from "../errors.ts";
import { type Reference, toApiHost } from "../reference.ts";
import type { Call, Reply, Transport } from "./exchange.ts";
import { Agents } from "./agents.ts";
import { HostRules } from "./host-rules.ts";
import { type HostSettings, NO_HOST_SETTINGS } from "./host-settings.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { TransferMeter } from "./meter.ts";
import { Proxies } from "./proxies.ts";
import { follow, resolveLocation } from "./redirect.ts";
import { toRefusal } from "./refusal.ts";
import { retrying } from "./retry.ts";

export interface ClientOptions {
  readonly signal?: AbortSignal;
  /** Says where credential files lie, and of proxies. */
  readonly env?: Environment;
  readonly limits?: Partial<Limits>;
  /** Without any, plain http is spoken within this machine only, and nobody but the system's authorities is believed. */
  readonly hosts?: HostSettings;
  /** Undefined where nobody watches. */
  readonly meter?: TransferMeter | undefined;
}

/** Of answers whose body says nothing. */
export const MAX_EMPTY_BYTES = 64 * 2 ** 10;

/** Which answers to a call are wanted, and which right it takes. */
export interface Wanted extends Right {
  readonly statuses: readonly number[];
}

/** The way to one repository of one registry: its address, our login, and the limits of what we wait for. */
export class Connection implements Disposable {
  readonly host: string;
  /** `https://host/v2/repository/` */
  readonly base: URL;
  readonly transport: Transport;
  readonly #session: Session;
  readonly #giveUpAtMs: number;
  readonly #end = new AbortController();

  constructor(
    reference: Reference,
    { signal, env = process.env, limits, hosts = NO_HOST_SETTINGS, meter }: ClientOptions,
  ) {
    const apiHost = toApiHost(reference.host);
    const rules = new HostRules(apiHost, hosts);
    this.host = reference.host;
    this.base = new URL(`${rules.protocol}//${apiHost}/v2/${reference.repository}/`);
    this.#session = new Session(reference, env);
    this.transport = {
      limits: { ...DEFAULT_LIMITS, ...limits },
      rules,
      agents: new Agents(new Proxies(env)),
      signal: signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]),
      meter,
    };
    this.#giveUpAtMs = performance.now() + this.transport.limits.workMs;
  }

  /** Ends also what was asked for ahead, and nobody waits for. */
  [Symbol.dispose](): void {
    this.#end.abort();
    this.transport.agents[Symbol.dispose]();
  }

  /** Where an upload goes on, as the answer says. */
  locationOf({ url, headers }: Reply): URL {
    return resolveLocation(url, headers.location ?? "", this.transport.rules);
  }

  /** As `send`, again and again while the failure may pass: only for calls that may be repeated. */
  repeat(call: Call, wanted: Wanted): Promise<Reply> {
    return retrying(() => this.send(call, wanted), this.transport);
  }

  /** One call, logged in if need be; credentials go to the registry's own origin only. */
  async send(call: Call, wanted: Wanted): Promise<Reply> {
    this.#checkTime();
    const isOwn = (url: URL) => url.origin === this.base.origin;
    const sign = () => (isOwn(call.url) ? this.#session.sign(call, wanted) : call);
    let reply = await follow(sign(), this.transport);
    // Only the registry itself may ask for the login, not a place that it redirects to.
    const asked = reply.status === 401 && isOwn(call.url) && isOwn(reply.url);
    if (asked && (await this.#session.answer(reply, wanted, this.transport))) {
      reply = await follow(sign(), this.transport);
    }
    if (wanted.statuses.includes(reply.status)) return reply;
    throw toRefusal(call, reply);
  }

  #checkTime(): void {
    if (performance.now() < this.#giveUpAtMs) return;
    const { workMs } = this.transport.limits;
    throw new RegistryFailure("timeout", `${this.base.href}: all that was asked took more than ${workMs} ms`);
  }
}

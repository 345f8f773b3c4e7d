import http from "node:http";
import https from "node:https";
import { MEDIA_TYPE, MAX_JSON_BYTES, type Descriptor } from "../artifact.ts";
import type { Environment } from "../auth/credentials.ts";
import { type Action, Session } from "../auth/session.ts";
import { checkDigest, type Digest, isDigest, sha256 } from "../digest.ts";
import { isLoopbackHost, type Reference } from "../reference.ts";
import type { Call, Reply, Transport } from "./exchange.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { follow, resolveLocation } from "./redirect.ts";
import { toRefusal } from "./refusal.ts";
import { retrying } from "./retry.ts";

export interface ClientOptions {
  readonly signal?: AbortSignal;
  /** Where credential files are looked for. */
  readonly env?: Environment;
  readonly limits?: Partial<Limits>;
}

/** Of answers whose body says nothing. */
const MAX_EMPTY_BYTES = 64 * 2 ** 10;

/**
 * Speaks with one repository of one registry. Bytes that leave this class have the digest that was asked for.
 * Every method throws RegistryFailure. Source: OCI distribution-spec 1.1.
 */
export class RegistryClient implements Disposable {
  readonly #host: string;
  readonly #base: URL;
  readonly #session: Session;
  readonly #transport: Transport;

  constructor(reference: Reference, { signal, env = process.env, limits }: ClientOptions = {}) {
    const local = isLoopbackHost(reference.host);
    this.#host = reference.host;
    this.#base = new URL(`${local ? "http" : "https"}://${reference.host}/v2/${reference.repository}/`);
    this.#session = new Session(reference, env);
    this.#transport = {
      limits: { ...DEFAULT_LIMITS, ...limits },
      allowLoopback: local,
      agentByProtocol: new Map([
        ["http:", new http.Agent({ keepAlive: true })],
        ["https:", new https.Agent({ keepAlive: true })],
      ]),
      signal,
    };
  }

  /** The manifest's exact bytes, by tag or digest. */
  async getManifest(name: string): Promise<Buffer> {
    const url = new URL(`manifests/${name}`, this.#base);
    const headers = { accept: `${MEDIA_TYPE.manifest}, ${MEDIA_TYPE.index}` };
    const { body } = await this.#retrying({ method: "GET", url, headers, maxBytes: MAX_JSON_BYTES }, [200]);
    if (isDigest(name)) checkDigest(body, name, this.#host);
    return body;
  }

  async getBlob({ digest, size }: Descriptor): Promise<Buffer> {
    const url = new URL(`blobs/${digest}`, this.#base);
    const { body } = await this.#retrying({ method: "GET", url, headers: {}, maxBytes: size }, [200]);
    checkDigest(body, digest, this.#host);
    return body;
  }

  /** Sends a blob unless the registry has it. */
  putBlob(bytes: Uint8Array): Promise<void> {
    return retrying(async () => {
      const digest = sha256(bytes);
      if (await this.#hasBlob(digest)) return;
      const start = new URL("blobs/uploads/", this.#base);
      const reply = await this.#send(
        { method: "POST", url: start, headers: {}, maxBytes: MAX_EMPTY_BYTES },
        [202],
        "pull,push",
      );
      const url = resolveLocation(reply.url, reply.headers.location ?? "", this.#transport.allowLoopback);
      url.searchParams.set("digest", digest);
      const headers = { "content-type": "application/octet-stream" };
      await this.#send(
        { method: "PUT", url, headers, body: bytes, maxBytes: MAX_EMPTY_BYTES },
        [201],
        "pull,push",
      );
    }, this.#transport);
  }

  /** Stores a manifest whose blobs are there already, under a tag or its digest. */
  async putManifest(bytes: Uint8Array, name: string): Promise<void> {
    const url = new URL(`manifests/${name}`, this.#base);
    const headers = { "content-type": MEDIA_TYPE.manifest };
    const call: Call = { method: "PUT", url, headers, body: bytes, maxBytes: MAX_EMPTY_BYTES };
    const reply = await this.#retrying(call, [201], "pull,push");
    const stored = reply.headers["docker-content-digest"];
    if (isDigest(stored)) checkDigest(bytes, stored, "this machine");
  }

  [Symbol.dispose](): void {
    for (const agent of this.#transport.agentByProtocol.values()) agent.destroy();
  }

  async #hasBlob(digest: Digest): Promise<boolean> {
    const url = new URL(`blobs/${digest}`, this.#base);
    const { status } = await this.#send(
      { method: "HEAD", url, headers: {}, maxBytes: 0 },
      [200, 404],
      "pull,push",
    );
    return status === 200;
  }

  #retrying(call: Call, wanted: readonly number[], action: Action = "pull"): Promise<Reply> {
    return retrying(() => this.#send(call, wanted, action), this.#transport);
  }

  /** One call, logged in if need be; credentials go to the registry's own origin only. */
  async #send(call: Call, wanted: readonly number[], action: Action): Promise<Reply> {
    const isOwn = (url: URL) => url.origin === this.#base.origin;
    const sign = () => (isOwn(call.url) ? this.#session.sign(call, action) : call);
    let reply = await follow(sign(), this.#transport);
    // Only the registry itself may ask for the login, not a place that it redirects to.
    const asked = reply.status === 401 && isOwn(call.url) && isOwn(reply.url);
    if (asked && (await this.#session.answer(reply, action, this.#transport))) {
      reply = await follow(sign(), this.#transport);
    }
    if (wanted.includes(reply.status)) return reply;
    throw toRefusal(call, reply);
  }
}

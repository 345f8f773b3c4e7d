import { ahead } from "../ahead.ts";
import { MAX_JSON_BYTES, MEDIA_TYPE } from "../artifact/artifact.ts";
import type { Descriptor } from "../artifact/descriptor.ts";
import { checkDigest, checkSize, type Digest, isDigest, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import type { ArtifactReader, Referrer } from "../reader.ts";
import { isTag, type Reference } from "../reference.ts";
import { checkMediaType, findMediaType } from "./media-type.ts";
import { type ClientOptions, Connection, MAX_EMPTY_BYTES, type Wanted } from "./connection.ts";
import type { Call, Reply } from "./exchange.ts";
import { keepPresent } from "./keep-present.ts";
import { keepInIndex, parseReferring } from "./refer.ts";
import { fallbackTag, findListed, parseReferrers } from "./referrers.ts";
import { retrying } from "./retry.ts";
import { listTags } from "./tags.ts";
import { type BlobOptions, uploadBlob } from "./upload.ts";

export type { ClientOptions } from "./connection.ts";

const ACCEPT = { accept: `${MEDIA_TYPE.manifest}, ${MEDIA_TYPE.index}` };

/**
 * Speaks with one repository of one registry. Bytes that leave this class have the digest that was asked for.
 * Every method throws RegistryFailure. Source: OCI distribution-spec 1.1.
 */
export class RegistryClient implements ArtifactReader, Disposable {
  readonly #connection: Connection;

  constructor(reference: Reference, options: ClientOptions = {}) {
    this.#connection = new Connection(reference, options);
  }

  /** The manifest's exact bytes, by tag or digest. */
  async getManifest(name: string): Promise<Buffer> {
    const reply = await this.#callManifest("GET", name, { statuses: [200], action: "pull" });
    return this.#checkManifest(reply, name);
  }

  async findManifest(name: string): Promise<Buffer | undefined> {
    const reply = await this.#callManifest("GET", name, { statuses: [200, 404], action: "pull" });
    return reply.status === 404 ? undefined : this.#checkManifest(reply, name);
  }

  /** Where a tag or digest leads, without fetching what is there; undefined when there is no such thing. */
  async findDigest(tag: string): Promise<Digest | undefined> {
    const { status, headers } = await this.#callManifest("HEAD", tag, {
      statuses: [200, 404],
      action: "pull",
    });
    if (status === 404) return undefined;
    const digest = headers["docker-content-digest"];
    if (isDigest(digest)) return digest;
    const manifest = await this.findManifest(tag); // the header is optional
    return manifest && sha256(manifest);
  }

  async getBlob(descriptor: Descriptor): Promise<Buffer> {
    const { digest, size } = descriptor;
    using _transfer = this.#connection.transport.meter?.begin(size);
    const url = new URL(`blobs/${digest}`, this.#connection.base);
    const call: Call = { method: "GET", url, headers: {}, maxBytes: size };
    const { body } = await this.#connection.repeat(call, { statuses: [200], action: "pull" });
    checkDigest(body, digest, this.#connection.host);
    checkSize(body, descriptor, this.#connection.host);
    return body;
  }

  /** None when there is no such repository: a registry makes it with the first push. */
  listTags(): Promise<string[]> {
    return listTags(this.#connection);
  }

  async listReferrers(digest: Digest, artifactType?: string): Promise<Referrer[]> {
    // Most registries have no such API: the tag is asked for beside it.
    const fallback = ahead(this.findManifest(fallbackTag(digest)));
    const listed = await findListed(this.#connection, digest, artifactType);
    if (listed !== undefined) return listed;
    const index = await fallback;
    return index === undefined ? [] : parseReferrers(index, artifactType);
  }

  /** Sends a blob unless the registry has it. */
  async putBlob(bytes: Uint8Array, options: BlobOptions = {}): Promise<void> {
    const { transport } = this.#connection;
    using _transfer = transport.meter?.begin(bytes.byteLength);
    await retrying(() => uploadBlob(this.#connection, bytes, options), transport);
  }

  /** Stores a manifest or index whose parts are there already, under a tag or its digest. */
  async putManifest(bytes: Uint8Array, name: string): Promise<void> {
    await retrying(() => this.#putOnce(bytes, name), this.#connection.transport);
  }

  /** Stores a manifest that names a subject, whose parts are there already, where `listReferrers` finds it. */
  async putReferrer(bytes: Uint8Array): Promise<Digest> {
    const entry = parseReferring(bytes);
    const { digest } = entry.fields;
    const { transport } = this.#connection;
    const reply = await retrying(() => this.#putOnce(bytes, digest), transport);
    if (reply.headers["oci-subject"] !== undefined) return digest;
    const port = {
      find: (tag: string) => this.findManifest(tag),
      put: async (index: Uint8Array, tag: string) => void (await this.#putOnce(index, tag)),
      has: async (referrer: Digest) => (await this.findDigest(referrer)) !== undefined,
    };
    await keepInIndex(entry, port, transport);
    return digest;
  }

  /**
   * Changes what a tag leads to, beside other writers. `plan` makes the next manifest of the present one, whose parts
   * it puts there; it is asked until it gives undefined: there is nothing left to do.
   */
  async updateTag(
    tag: string,
    plan: (present: Uint8Array | undefined) => Promise<Uint8Array | undefined>,
  ): Promise<void> {
    const addOnce = async () => {
      const next = await plan(await this.findManifest(tag));
      if (next === undefined) return "present";
      await this.#putOnce(next, tag);
      return "added";
    };
    const { transport } = this.#connection;
    await keepPresent(addOnce, { what: `the tag ${tag}`, transport });
  }

  /** Registries need not allow it. A tag goes with the manifest that it leads to. */
  async deleteManifest(digest: Digest): Promise<void> {
    await this.#callManifest("DELETE", digest, { statuses: [200, 202], action: "delete" });
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #callManifest(method: "GET" | "HEAD" | "DELETE", name: string, wanted: Wanted): Promise<Reply> {
    const call: Call = { method, url: this.#manifestUrl(name), headers: ACCEPT, maxBytes: MAX_JSON_BYTES };
    return this.#connection.repeat(call, wanted);
  }

  async #putOnce(body: Uint8Array, name: string): Promise<Reply> {
    const headers = { "content-type": findMediaType(body) ?? MEDIA_TYPE.manifest };
    const url = this.#manifestUrl(name);
    const call: Call = { method: "PUT", url, headers, body, maxBytes: MAX_EMPTY_BYTES };
    const reply = await this.#connection.send(call, { statuses: [201], action: "pull,push" });
    const stored = reply.headers["docker-content-digest"];
    if (isDigest(stored)) checkDigest(body, stored, "this machine");
    return reply;
  }

  #manifestUrl(name: string): URL {
    if (!isTag(name) && !isDigest(name))
      throw new RegistryFailure("invalidReference", `${JSON.stringify(name)} is neither tag nor digest`);
    return new URL(`manifests/${name}`, this.#connection.base);
  }

  /** What the registry says of the bytes must be true, though only the bytes count. */
  #checkManifest({ body, headers }: Reply, name: string): Buffer {
    if (isDigest(name)) checkDigest(body, name, this.#connection.host);
    const said = headers["docker-content-digest"];
    if (isDigest(said)) checkDigest(body, said, this.#connection.host);
    checkMediaType(body, headers["content-type"], this.#connection.host);
    return body;
  }
}

import type { Descriptor } from "../../registry/artifact/descriptor.ts";
import type { CatalogueRepository } from "../../registry/catalogue/repository.ts";
import { type Digest, isDigest, sha256 } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";

/** A repository in memory. */
export class FakeRepository implements CatalogueRepository {
  readonly digestByTag = new Map<string, Digest>();
  readonly blobByDigest = new Map<string, Uint8Array>();
  /** How often manifests, tags and blobs were asked for or written. */
  requests = 0;

  async findManifest(name: string): Promise<Uint8Array | undefined> {
    this.requests++;
    return this.blobByDigest.get(isDigest(name) ? name : (this.digestByTag.get(name) ?? ""));
  }

  async getBlob({ digest }: Descriptor): Promise<Uint8Array> {
    this.requests++;
    const blob = this.blobByDigest.get(digest);
    if (blob === undefined) throw new RegistryFailure("notFound", `no blob ${digest}`);
    return blob;
  }

  async listReferrers(): Promise<never[]> {
    return [];
  }

  async listTags(): Promise<string[]> {
    this.requests++;
    return [...this.digestByTag.keys()];
  }

  async findDigest(tag: string): Promise<Digest | undefined> {
    this.requests++;
    return this.digestByTag.get(tag);
  }

  async putBlob(bytes: Uint8Array): Promise<void> {
    this.requests++;
    this.blobByDigest.set(sha256(bytes), bytes);
  }

  async putManifest(bytes: Uint8Array, name: string): Promise<void> {
    this.requests++;
    this.blobByDigest.set(sha256(bytes), bytes);
    if (!isDigest(name)) this.digestByTag.set(name, sha256(bytes));
  }
}

/** The same repository for one of several who use it: each step of theirs that others can see waits for `turn`. */
export function takeTurns(shared: CatalogueRepository, turn: () => Promise<void>): CatalogueRepository {
  const waiting =
    <Words extends unknown[], Result>(act: (...words: Words) => Promise<Result>) =>
    async (...words: Words) => {
      await turn();
      return await act(...words);
    };
  return {
    findManifest: waiting((name: string) => shared.findManifest(name)),
    getBlob: (descriptor) => shared.getBlob(descriptor),
    listReferrers: (digest) => shared.listReferrers(digest),
    listTags: waiting(() => shared.listTags()),
    findDigest: waiting((tag: string) => shared.findDigest(tag)),
    putBlob: (bytes) => shared.putBlob(bytes),
    putManifest: waiting((bytes: Uint8Array, name: string) => shared.putManifest(bytes, name)),
  };
}

import { ahead } from "./ahead.ts";
import { type Artifact, MEDIA_TYPE, parseConfig, parseManifest } from "./artifact/artifact.ts";
import { type ClientOptions, RegistryClient } from "./client/client.ts";
import { checkDigest, type Digest, sha256 } from "./digest.ts";
import { type Descriptor, toDescriptor } from "./artifact/descriptor.ts";
import { findDocumentBytes, type ModuleDocument, planDocument } from "./artifact/document.ts";
import { RegistryFailure } from "./errors.ts";
import { formatReference, type Reference } from "./reference.ts";
import { SingleFlight } from "./single-flight.ts";
import type { PlainArtifact } from "./artifact/referrer.ts";
import type { Store, StoredModule } from "./store/store.ts";
import {
  checkJudged,
  checkSource,
  checkTrusted,
  findRefusal,
  judgeAll,
  judgeEnough,
  type NamedModule,
} from "./trust/admit.ts";
import { type CollectedSignatures, collectSignatures, type SignatureArtifact } from "./trust/collect.ts";
import type { Judgement } from "./trust/judge.ts";
import type { TrustPolicy } from "./trust/policy.ts";
import { toSigners } from "./trust/signers.ts";

export interface PushOptions extends ClientOptions {
  /** What is to lie beside the module. */
  readonly documents?: readonly ModuleDocument[];
}

/**
 * Publishes a module under the reference's tag, or under its digest when there is no tag. The tag comes last: it never
 * leads to a module that lacks its documents.
 */
export async function pushArtifact(
  artifact: Artifact,
  reference: Reference,
  { documents = [], ...options }: PushOptions,
): Promise<void> {
  const { manifest } = artifact;
  const { tag, digest } = reference;
  if (digest !== undefined) checkDigest(manifest, digest, "the file");
  using client = new RegistryClient(reference, options);
  await client.putBlob(artifact.wasm);
  await client.putBlob(artifact.config);
  if (documents.length > 0 || tag === undefined) await client.putManifest(manifest, artifact.digest);
  for (const document of documents) {
    await pushDocument(client, toDescriptor(MEDIA_TYPE.manifest, manifest), document);
  }
  if (tag !== undefined) await client.putManifest(manifest, tag);
}

/**
 * Has a document beside the manifest that it is about; nothing is sent when it is the one that readers see already. The
 * first measurement stays, as it does in the catalogue: none is like the one before.
 */
async function pushDocument(
  client: RegistryClient,
  subject: Descriptor,
  document: ModuleDocument,
): Promise<void> {
  const present = await findDocumentBytes(client, subject.digest, document.kind);
  if (present !== undefined && (isMeasured(document) || Buffer.from(present).equals(document.bytes))) return;
  await pushReferrer(client, planDocument(document, subject, present === undefined ? undefined : new Date()));
}

function isMeasured({ kind }: ModuleDocument): boolean {
  return kind === "benchmark";
}

/** Stores what refers to another manifest: its blobs first. */
export async function pushReferrer(
  client: RegistryClient,
  { manifest, blobs }: PlainArtifact,
): Promise<void> {
  for (const bytes of blobs) await client.putBlob(bytes);
  await client.putReferrer(manifest);
}

export interface FetchOptions extends ClientOptions {
  /** What the module must be signed with; undefined: its digest is all that counts. */
  readonly policy?: TrustPolicy | undefined;
  /** Told what doesn't stop a pull: without a policy, that signatures can't be had. */
  readonly warn?: (message: string) => void;
}

/**
 * Fetches a module, checking every byte. With tag and digest, the tag must lead to the digest. Signatures are read until
 * the policy admits it.
 * @throws {RegistryFailure} also untrusted: what the policy refuses is given to nobody
 */
export async function fetchArtifact(reference: Reference, options: FetchOptions): Promise<StoredModule> {
  return (await fetchJudged(reference, options, judgeEnough)).module;
}

export interface SignedModule {
  readonly module: StoredModule;
  /** All whose signatures hold, as the policy calls them; undefined without a policy. */
  readonly signers: readonly string[] | undefined;
}

/** As fetchArtifact, with every signature read. */
export async function fetchSigned(reference: Reference, options: FetchOptions): Promise<SignedModule> {
  const { module, judgement } = await fetchJudged(reference, options, judgeAll);
  return { module, signers: judgement && toSigners(judgement) };
}

async function fetchJudged(
  reference: Reference,
  options: FetchOptions,
  judge: typeof judgeEnough,
): Promise<{ module: StoredModule; judgement: Judgement | undefined }> {
  const { policy } = options;
  checkSource(policy, reference);
  using client = new RegistryClient(reference, options);
  const judging = policy && startEarly(reference, (digest) => judge(policy, { reference, digest }, client));
  const manifest = await fetchManifest(client, reference);
  const [module, judgement] = await Promise.all([
    fetchParts(client, reference, manifest),
    judging?.(manifest.digest),
  ]);
  if (policy && judgement) checkJudged(policy, { reference, digest: manifest.digest }, judgement);
  return { module, judgement };
}

/**
 * Has a module in the store, sound and under this reference, with its signatures. No registry is asked for a digest
 * that is there, unless the policy misses a signature. Who asks while the same is pulled already, under the same
 * policy, gets the outcome of that, and its options count.
 * @throws {RegistryFailure} as fetchArtifact; nothing is stored then
 */
export function pullInto(store: Store, reference: Reference, options: FetchOptions): Promise<StoredModule> {
  const key = `${store.folder} ${formatReference(reference)}`;
  return flightsUnder(options.policy ?? NO_POLICY).run(key, () => pullOnce(store, reference, options));
}

const NO_POLICY = {};
const pullsByPolicy = new WeakMap<object, SingleFlight<StoredModule>>();

/** Apart, so that nobody gets what another's policy admits. */
function flightsUnder(policy: object): SingleFlight<StoredModule> {
  const known = pullsByPolicy.get(policy) ?? new SingleFlight<StoredModule>();
  pullsByPolicy.set(policy, known);
  return known;
}

async function pullOnce(store: Store, reference: Reference, options: FetchOptions): Promise<StoredModule> {
  const { policy } = options;
  checkSource(policy, reference);
  const present = reference.digest && (await findSound(store, reference.digest));
  if (present !== undefined && (await isAdmitted(store, { reference, digest: present.digest }, policy))) {
    await store.put(present, reference);
    return present;
  }
  using client = new RegistryClient(reference, options);
  const collecting = startEarly(reference, (digest) => collectSignatures(client, digest));
  const named = present ?? (await fetchManifest(client, reference));
  const [module, signatures] = await Promise.all([
    present ?? fetchParts(client, reference, named),
    keepSignatures(collecting(named.digest), { reference, digest: named.digest }, options),
  ]);
  const { manifest, config, wasm } = module;
  await store.putAll([
    ...signatures.map(({ tag, ...artifact }) => {
      return {
        artifact,
        reference: tag === undefined ? undefined : { ...reference, tag, digest: undefined },
      };
    }),
    { artifact: { manifest, blobs: [wasm, config] }, reference },
  ]);
  return module;
}

type FetchedManifest = Pick<StoredModule, "manifest" | "digest">;

async function fetchManifest(client: RegistryClient, reference: Reference): Promise<FetchedManifest> {
  const manifest = await client.getManifest(reference.tag ?? reference.digest ?? "");
  const digest = sha256(manifest);
  if (reference.digest === undefined || reference.digest === digest) return { manifest, digest };
  throw new RegistryFailure("digestMismatch", `${formatReference(reference)}: the tag leads to ${digest}`);
}

async function fetchParts(
  client: RegistryClient,
  reference: Reference,
  { manifest, digest }: FetchedManifest,
): Promise<StoredModule> {
  const where = formatReference(reference);
  const { config: configAt, layer } = parseManifest(manifest, where);
  const wasm = ahead(client.getBlob(layer));
  const config = await client.getBlob(configAt);
  return { digest, manifest, config, shape: parseConfig(config, layer.digest, where), wasm: await wasm };
}

/**
 * Where the digest is known before, what takes it begins beside the request for the manifest. Its failure is told once
 * the manifest is there.
 */
function startEarly<T>(
  reference: Reference,
  act: (digest: Digest) => Promise<T>,
): (digest: Digest) => Promise<T> {
  const early = reference.digest && ahead(act(reference.digest));
  return (digest) => early ?? act(digest);
}

/**
 * What the store keeps beside a module: every signature, also those that the policy doesn't need. It may want another
 * one tomorrow, and a node asks no registry then.
 * @throws {RegistryFailure} untrusted, and why there are none to be judged
 */
async function keepSignatures(
  collecting: Promise<CollectedSignatures>,
  module: NamedModule,
  { policy, warn }: FetchOptions,
): Promise<readonly SignatureArtifact[]> {
  try {
    const { artifacts, signatures } = await collecting;
    if (policy !== undefined) checkTrusted(policy, module, signatures);
    return artifacts;
  } catch (error) {
    if (!(error instanceof RegistryFailure) || policy !== undefined) throw error;
    warn?.(`${formatReference(module.reference)} comes without its signatures: ${error.message}`);
    return [];
  }
}

/** Whether a policy, if there is one, admits a module with the signatures that the store has. */
export async function isAdmitted(
  store: Store,
  module: NamedModule,
  policy: TrustPolicy | undefined,
): Promise<boolean> {
  if (policy === undefined) return true;
  return (await findRefusal(policy, module, store.reader(module.reference))) === undefined;
}

/** A damaged module is as good as none: it's fetched again. */
export async function findSound(store: Store, digest: string): Promise<StoredModule | undefined> {
  try {
    return await store.findModule(digest);
  } catch (error) {
    if (error instanceof RegistryFailure && error.kind === "damagedStore") return undefined;
    throw error;
  }
}

import { type Digest, sha256 } from "../digest.ts";
import { RegistryFailure, type RegistryFailureKind } from "../errors.ts";
import { type AnyManifest, findAnyManifest } from "../artifact/manifest.ts";
import { type ArtifactReader, findReferring, type Referrer } from "../reader.ts";
import { EMPTY } from "../artifact/referrer.ts";
import { BUNDLE, readBundle, SIGN_PREDICATE } from "./bundle.ts";
import type { BadSignature, Signature } from "./signature.ts";
import { MAX_SIGNATURES, parseParts, type Part, type Parts } from "./signature-manifest.ts";
import { readSimpleSigning, SIMPLE_SIGNING, toSignatureTag } from "./simple-signing.ts";

/** What holds signatures, as a registry has it, and what they are. */
export interface SignatureArtifact {
  /** Under which it lies; undefined for what refers to the module. */
  readonly tag: string | undefined;
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
  readonly signatures: readonly (Signature | BadSignature)[];
}

export interface CollectedSignatures {
  /** What can be kept, whole. */
  readonly artifacts: readonly SignatureArtifact[];
  readonly signatures: readonly (Signature | BadSignature)[];
}

/** Cosign's have about 1 KB. All of a module's are read at every load. */
const MAX_BUNDLE_MANIFEST_BYTES = 64 * 2 ** 10;
const EMPTY_DIGEST = sha256(EMPTY);

/** What is wrong with one artifact and says nothing of those beside it: `garbage-collect -m` leaves such entries. */
const OF_ONE: readonly RegistryFailureKind[] = ["notFound", "digestMismatch", "sizeMismatch", "damagedStore"];

type Read = SignatureArtifact | BadSignature;
type Signatures = readonly (Signature | BadSignature)[];

/** Every signature that lies beside a module, in both formats. Nothing is verified here. */
export async function listSignatures(reader: ArtifactReader, digest: Digest): Promise<Signatures> {
  return (await Promise.all([listTagged(reader, digest), listBundled(reader, digest)])).flat();
}

/** Those of the tag, which are had in the time of the module's own parts. */
export async function listTagged(reader: ArtifactReader, digest: Digest): Promise<Signatures> {
  return (await readTagged({ reader, isKept: false }, digest)).flatMap(toSignatures);
}

/** Those that refer to the module, which take twice as many round trips. */
export async function listBundled(reader: ArtifactReader, digest: Digest): Promise<Signatures> {
  return (await readBundles({ reader, isKept: false }, digest)).flatMap(toSignatures);
}

/** As listSignatures, with the artifacts that they lie in. */
export async function collectSignatures(
  reader: ArtifactReader,
  digest: Digest,
): Promise<CollectedSignatures> {
  const reading = { reader, isKept: true };
  const found = (await Promise.all([readTagged(reading, digest), readBundles(reading, digest)])).flat();
  return { artifacts: found.filter((each) => "manifest" in each), signatures: found.flatMap(toSignatures) };
}

interface Reading {
  readonly reader: ArtifactReader;
  /** Whether the config is read, too, which says nothing of signatures. */
  readonly isKept: boolean;
}

function toSignatures(found: Read): Signatures {
  return "manifest" in found ? found.signatures : [found];
}

async function readTagged(reading: Reading, digest: Digest): Promise<Read[]> {
  const tag = toSignatureTag(digest);
  const manifest = await reading.reader.findManifest(tag);
  if (manifest === undefined) return [];
  return [await orBad("sig", () => collect(reading, { manifest, tag }))];
}

async function readBundles(reading: Reading, digest: Digest): Promise<Read[]> {
  const { reader } = reading;
  const listed = (await reader.listReferrers(digest, BUNDLE)).filter(maySign);
  const read = listed.slice(0, MAX_SIGNATURES).map((each) =>
    orBad("bundle", async (): Promise<Read> => {
      const manifest = await findReferring(reader, each);
      if (manifest === undefined) return { format: "bundle", fault: "it is listed, and gone" };
      return await collect(reading, { manifest, subject: digest });
    }),
  );
  const more = listed.length - MAX_SIGNATURES;
  const unread = { format: "bundle", fault: `${more} more are listed, which aren't read` } as const;
  return [...(await Promise.all(read)), ...(more > 0 ? [unread] : [])];
}

/** Provenance and the like are bundles, too, which the list tells where cosign wrote it. */
function maySign({ annotations }: Referrer): boolean {
  const said = annotations["dev.sigstore.bundle.predicateType"];
  return said === undefined || said === SIGN_PREDICATE;
}

interface Found {
  readonly manifest: Uint8Array;
  readonly tag?: string;
  /** What a manifest without a tag must refer to. */
  readonly subject?: Digest;
}

async function collect({ reader, isKept }: Reading, { manifest, tag, subject }: Found): Promise<Read> {
  const format = tag === undefined ? "bundle" : "sig";
  const parts = parseParts(manifest);
  if (typeof parts === "string") return { format, fault: parts };
  const { config, layers, about } = parts;
  const whole = findAnyManifest(manifest);
  if (whole === undefined) return { format, fault: "it is no OCI manifest" };
  const unfit = tag === undefined ? findUnfit(manifest, whole, parts) : undefined;
  if (unfit !== undefined) return { format, fault: unfit };
  if (tag === undefined && about !== subject) return { format, fault: "it refers to another artifact" };
  const mediaType = tag === undefined ? BUNDLE : SIMPLE_SIGNING;
  if (layers.some((layer) => layer.mediaType !== mediaType))
    return { format, fault: "it holds something else than signatures" };
  const [settings, payloads] = await Promise.all([
    isKept ? read(reader, config) : undefined,
    Promise.all(layers.map((layer) => read(reader, layer))),
  ]);
  const signatures = payloads.map((payload, index) =>
    tag === undefined ? readBundle(payload) : readSimpleSigning(payload, layers[index]?.annotations),
  );
  const blobs = settings === undefined ? payloads : [settings, ...payloads];
  return { tag, digest: sha256(manifest), manifest, blobs, signatures };
}

/** What a list says of a manifest is anybody's word. One bundle each: how many signatures there are stays bounded. */
function findUnfit(
  { byteLength }: Uint8Array,
  { artifactType }: AnyManifest,
  { layers }: Parts,
): string | undefined {
  if (byteLength > MAX_BUNDLE_MANIFEST_BYTES)
    return `its manifest has more than ${MAX_BUNDLE_MANIFEST_BYTES} bytes`;
  if (layers.length !== 1) return `it holds ${layers.length} bundles where one may be`;
  return artifactType === BUNDLE ? undefined : "it says that it is something else";
}

/** The empty config is known without a question. */
async function read(reader: ArtifactReader, part: Part): Promise<Uint8Array> {
  return part.digest === EMPTY_DIGEST ? EMPTY : await reader.getBlob(part);
}

async function orBad<T>(format: BadSignature["format"], read: () => Promise<T>): Promise<T | BadSignature> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RegistryFailure) || !OF_ONE.includes(error.kind)) throw error;
    return { format, fault: error.message };
  }
}

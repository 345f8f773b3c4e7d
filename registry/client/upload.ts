import { type Digest, sha256 } from "../digest.ts";
import { RegistryFailure, type RegistryFailureKind } from "../errors.ts";
import { type Connection, MAX_EMPTY_BYTES, type Wanted } from "./connection.ts";
import type { Call, Reply } from "./exchange.ts";
import { sendPieces } from "./pieces.ts";

export interface BlobOptions {
  /** A repository of the same registry that may have the blob already. */
  readonly mountFrom?: string;
}

/** Who may not read the other repository, or finds nothing there, sends the blob itself. */
const NOT_MOUNTED: ReadonlySet<RegistryFailureKind> = new Set(["unauthorized", "denied", "notFound"]);

const push = (...statuses: number[]): Wanted => ({ statuses, action: "pull,push" });

/**
 * Sends a blob unless the registry has it; a large one in pieces. Not repeated by itself.
 * Source: distribution-spec, "Pushing blobs".
 */
export async function uploadBlob(
  connection: Connection,
  bytes: Uint8Array,
  { mountFrom }: BlobOptions,
): Promise<void> {
  const digest = sha256(bytes);
  if (await hasBlob(connection, digest)) return;
  if (mountFrom !== undefined && (await mountBlob(connection, digest, mountFrom))) return;
  const url = new URL("blobs/uploads/", connection.base);
  const start = await connection.send(toCall("POST", url), push(202));
  const location = connection.locationOf(start);
  const stepBytes = Math.max(connection.transport.limits.pieceBytes, leastPieceBytes(start));
  const whole = bytes.byteLength <= stepBytes;
  const end = whole ? location : await sendPieces(connection, bytes, { location, stepBytes });
  end.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  const body = whole ? bytes : new Uint8Array();
  await connection.send({ ...toCall("PUT", end), headers, body }, push(201));
}

async function hasBlob(connection: Connection, digest: Digest): Promise<boolean> {
  const url = new URL(`blobs/${digest}`, connection.base);
  const { status } = await connection.send({ ...toCall("HEAD", url), maxBytes: 0 }, push(200, 404));
  return status === 200;
}

async function mountBlob(connection: Connection, digest: Digest, from: string): Promise<boolean> {
  const url = new URL("blobs/uploads/", connection.base);
  url.searchParams.set("mount", digest);
  url.searchParams.set("from", from);
  const wanted: Wanted = { ...push(201, 202), alsoFrom: from };
  try {
    return (await connection.send(toCall("POST", url), wanted)).status === 201;
  } catch (error) {
    if (error instanceof RegistryFailure && NOT_MOUNTED.has(error.kind)) return false;
    throw error;
  }
}

function leastPieceBytes({ headers, url }: Reply): number {
  const header = headers["oci-chunk-min-length"];
  if (header === undefined) return 0;
  if (typeof header === "string" && /^\d{1,12}$/.test(header)) return Number(header);
  throw new RegistryFailure("badAnswer", `${url.host} asks for pieces of no size that can be read`);
}

function toCall(method: Call["method"], url: URL): Call {
  return { method, url, headers: {}, maxBytes: MAX_EMPTY_BYTES };
}

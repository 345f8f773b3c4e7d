import { RegistryFailure } from "../errors.ts";
import { type Connection, MAX_EMPTY_BYTES } from "./connection.ts";
import type { Reply } from "./exchange.ts";

/** An upload on its way. */
interface Upload {
  /** What the next call goes to: every answer names a new one. */
  readonly location: URL;
  /** How many bytes the registry has. */
  readonly at: number;
}

/** A registry that counts otherwise is asked once how far we are; whoever calls may begin anew after that. */
const RESUMES = 1;

/**
 * Sends a blob piece by piece, up to the call that closes the upload.
 * @returns where that call goes
 * Source: distribution-spec, "Pushing a blob in chunks".
 */
export async function sendPieces(
  connection: Connection,
  bytes: Uint8Array,
  { location, stepBytes }: { location: URL; stepBytes: number },
): Promise<URL> {
  let upload: Upload = { location, at: 0 };
  let resumes = 0;
  while (upload.at < bytes.byteLength) {
    const piece = bytes.subarray(upload.at, upload.at + stepBytes);
    try {
      upload = await sendPiece(connection, piece, upload);
    } catch (error) {
      if (!isResumable(error) || resumes++ === RESUMES) throw error;
      upload = await findProgress(connection, upload.location);
    }
  }
  return new URL(upload.location);
}

async function sendPiece(
  connection: Connection,
  body: Uint8Array,
  { location, at }: Upload,
): Promise<Upload> {
  const next = at + body.byteLength;
  const headers = { "content-type": "application/octet-stream", "content-range": `${at}-${next - 1}` };
  const reply = await connection.send(
    { method: "PATCH", url: location, headers, body, maxBytes: MAX_EMPTY_BYTES },
    { statuses: [202, 416], action: "pull,push" },
  );
  if (reply.status === 202 && parseRange(reply) === next)
    return { location: connection.locationOf(reply), at: next };
  throw new RegistryFailure(
    "outOfStep",
    `${location.host} has not the ${next} bytes of a blob that it was sent (${reply.status})`,
    { retryAfterMs: 0 },
  );
}

async function findProgress(connection: Connection, url: URL): Promise<Upload> {
  const reply = await connection.send(
    { method: "GET", url, headers: {}, maxBytes: MAX_EMPTY_BYTES },
    { statuses: [204], action: "pull,push" },
  );
  return { location: connection.locationOf(reply), at: parseRange(reply) };
}

/** How many bytes are there. `0-0` stands for none: it's what registries say of an upload that has just begun. */
function parseRange({ headers, url }: Reply): number {
  const [, last] = /^(?:bytes=)?0-(\d{1,12})$/.exec(headers.range ?? "") ?? [];
  if (last !== undefined) return last === "0" ? 0 : Number(last) + 1;
  throw new RegistryFailure("badAnswer", `${url.host} doesn't say how much of a blob it has`);
}

function isResumable(error: unknown): boolean {
  return error instanceof RegistryFailure && error.retryAfterMs !== undefined;
}

import { sha256 } from "../digest.ts";
import { type Connection, MAX_EMPTY_BYTES, type Wanted } from "./connection.ts";
import { resolveLocation } from "./redirect.ts";

const BYTES = { "content-type": "application/octet-stream" };

const want = (...statuses: number[]): Wanted => ({ statuses, action: "pull,push" });

/** Sends a blob unless the registry has it. */
export async function uploadBlob(connection: Connection, bytes: Uint8Array): Promise<void> {
  const { base, transport } = connection;
  const digest = sha256(bytes);
  const blob = new URL(`blobs/${digest}`, base);
  const { status } = await connection.send(
    { method: "HEAD", url: blob, headers: {}, maxBytes: 0 },
    want(200, 404),
  );
  if (status === 200) return;
  const start = new URL("blobs/uploads/", base);
  const reply = await connection.send(
    { method: "POST", url: start, headers: {}, maxBytes: MAX_EMPTY_BYTES },
    want(202),
  );
  const url = resolveLocation(reply.url, reply.headers.location ?? "", transport.allowLoopback);
  url.searchParams.set("digest", digest);
  await connection.send(
    { method: "PUT", url, headers: BYTES, body: bytes, maxBytes: MAX_EMPTY_BYTES },
    want(201),
  );
}

import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** A pipe is opened without waiting for who writes to it. */
const WITHOUT_WAIT = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The whole file, or the clause that says why it isn't read: a pipe or a device never ends.
 * What is added to a file meanwhile is not read. @param flags more of them, such as O_NOFOLLOW.
 */
export async function readBounded(file: string, maxBytes: number, flags = 0): Promise<Buffer | string> {
  await using handle = await open(file, WITHOUT_WAIT | flags);
  const stats = await handle.stat();
  if (!stats.isFile()) return "is not a file";
  if (stats.size > maxBytes) return `has ${stats.size} bytes, more than ${maxBytes}`;
  const bytes = Buffer.alloc(stats.size);
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesRead } = await handle.read(bytes, at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

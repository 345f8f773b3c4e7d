import { addAbortSignal } from "node:stream";
import { Failure } from "../core/errors.ts";

/** Far above any real configuration: pod annotations end at 256 KiB. */
const LIMIT_BYTES = 4 * 1024 * 1024;
/** Runtimes write it at once; a person at a terminal never ends it. */
const DEADLINE_MS = 10_000;

/**
 * The network configuration that the runtime hands over.
 *
 * @throws {Failure} decodingFailure when it is too long or doesn't end.
 */
export async function readStdin(): Promise<string> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of addAbortSignal(deadline, process.stdin) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > LIMIT_BYTES)
        throw new Failure("decodingFailure", `stdin is longer than ${LIMIT_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new Failure("decodingFailure", `stdin did not end within ${DEADLINE_MS} ms`, { cause: error });
  }
  return Buffer.concat(chunks).toString("utf8");
}

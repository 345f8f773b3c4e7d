/**
 * A file of named byte records under a checksum: what the ledger and the cache of prepared modules are written in.
 * It is read without a JSON parser: a line with the format's name and version, then for each record a line with
 * its name and its length in bytes, the bytes, and a line end; last a record `sha256` over all bytes before it.
 */
import { createHash } from "node:crypto";

/** In the order of the file; names may repeat. */
export type SealedRecord = readonly [name: string, bytes: Uint8Array];

const SEAL = "sha256";
const LINE_END = 0x0a;

/** @param format a word and a version, such as `genie-ledger 1`. Record names hold no space. */
export function seal(format: string, records: readonly SealedRecord[]): Uint8Array {
  const body = Buffer.concat([Buffer.from(`${format}\n`), ...records.map(toBytes)]);
  return Buffer.concat([body, toBytes([SEAL, hash(body)])]);
}

/** The records of a file; undefined when it is torn, damaged, or of another format. */
export function findSealed(format: string, file: Uint8Array): readonly SealedRecord[] | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const head = Buffer.from(`${format}\n`);
  if (!bytes.subarray(0, head.length).equals(head)) return undefined;
  const { records, end } = readRecords(bytes, head.length);
  const [name, content] = records.at(-1) ?? [];
  if (name !== SEAL || content === undefined || end !== bytes.length) return undefined;
  const body = bytes.subarray(0, end - toBytes([SEAL, content]).length);
  return hash(body).equals(content) ? records.slice(0, -1) : undefined;
}

/** Whatever records can be made out behind the first line, of a file that nothing vouches for. */
export function salvageRecords(file: Uint8Array): readonly SealedRecord[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const lineEnd = bytes.indexOf(LINE_END);
  return lineEnd < 0 ? [] : readRecords(bytes, lineEnd + 1).records;
}

/** The records from `start` to the first place that holds none, or to the seal. */
function readRecords(bytes: Buffer, start: number): { records: readonly SealedRecord[]; end: number } {
  const records: SealedRecord[] = [];
  let end = start;
  while (end < bytes.length && records.at(-1)?.[0] !== SEAL) {
    const found = findRecord(bytes, end);
    if (found === undefined) break;
    records.push(found.record);
    end = found.end;
  }
  return { records, end };
}

function toBytes([name, bytes]: SealedRecord): Buffer {
  return Buffer.concat([Buffer.from(`${name} ${bytes.byteLength}\n`), bytes, Buffer.from("\n")]);
}

function findRecord(bytes: Buffer, at: number): { record: SealedRecord; end: number } | undefined {
  const lineEnd = bytes.indexOf(LINE_END, at);
  if (lineEnd < 0) return undefined;
  const [, name, length] = /^([^ ]{1,255}) (\d{1,10})$/.exec(bytes.toString("utf8", at, lineEnd)) ?? [];
  if (name === undefined || length === undefined) return undefined;
  const start = lineEnd + 1;
  const stop = start + Number(length);
  if (bytes[stop] !== LINE_END) return undefined;
  return { record: [name, bytes.subarray(start, stop)], end: stop + 1 };
}

function hash(bytes: Uint8Array): Buffer {
  return Buffer.from(createHash("sha256").update(bytes).digest("hex"));
}

/** How candidates could cross the pipe: each way's time to write and to read them, and its bytes. */
import { deserialize, serialize } from "node:v8";
import { decodeCandidates, encodeCandidates } from "../../core/sandbox/wire/candidates.ts";
import type { Candidate } from "../../core/select/request.ts";
import { makeOrdinaryCandidates } from "../fakes/request.ts";
import { median } from "./statistics.ts";

interface Encoding {
  readonly name: string;
  readonly write: (candidates: readonly Candidate[]) => Uint8Array;
  readonly read: (bytes: Uint8Array) => unknown;
}

/** The first is what the others are held against. */
const ENCODINGS: readonly Encoding[] = [
  {
    name: "JSON",
    write: (candidates) => Buffer.from(JSON.stringify(candidates)),
    read: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
  },
  { name: "structured (node:v8)", write: (candidates) => serialize(candidates), read: deserialize },
  { name: "distinct strings and numbers", write: encodeCandidates, read: decodeCandidates },
];

/** Rows of a table. Every way has its turn in each round, so that all see the same machine. */
export function measurePipe(candidates: number, rounds: number): readonly (readonly string[])[] {
  const list = makeOrdinaryCandidates(candidates);
  const durationsMs = ENCODINGS.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, { write, read }] of ENCODINGS.entries()) {
      const startedMs = performance.now();
      read(write(list));
      durationsMs[at]?.push(performance.now() - startedMs);
    }
  }
  const medians = durationsMs.map((all) => median(all.slice(rounds / 10))); // the first ones warm the compilers
  return ENCODINGS.map(({ name, write }, at) => [
    `${candidates} candidates, ${name}`,
    `${medians[at]?.toFixed(3)} ms, ${Math.round(write(list).length / 1024)} KiB`,
    `${((medians[at] ?? Number.NaN) / (medians[0] ?? Number.NaN)).toFixed(2)} ×`,
  ]);
}

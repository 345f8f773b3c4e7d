import { Script } from "node:vm";
import type { ModuleKind } from "../select/request.ts";
import {
  ANSWER_LIMIT_BYTES,
  FRAME_HEADER_BYTES,
  ORDER_LIMIT_BYTES,
  parseFrameLength,
  sealFrame,
} from "./frame.ts";
import { callModule, type Instantiate, type LoadedModule } from "./instance.ts";
import { type Answer, type CallOrder, GLUE, type LoadOrder, ORDER, type Order } from "./message.ts";
import { decodeRecords, type Records } from "./records.ts";

/** The guest's only way out of its process. Both methods block. */
export interface GuestPipe {
  /** Fills the buffer. @returns false when the host has closed its end. */
  read(buffer: Uint8Array): boolean;
  write(bytes: Uint8Array): void;
}

/** Texts of a module are cut to this many characters before they leave the guest. */
const TEXT_LIMIT = 512;

/** The guest process: says that it is ready, then answers one order after the other until the host goes away. */
export function runGuest(pipe: GuestPipe): void {
  const moduleByDigest = new Map<string, LoadedModule>();
  send(pipe, { outcome: "ok", value: null });
  for (let records = receive(pipe); records !== undefined; records = receive(pipe)) {
    const order = JSON.parse(Buffer.from(records.get(ORDER) ?? []).toString()) as Order;
    send(pipe, order.do === "load" ? load(order, records, moduleByDigest) : call(order, moduleByDigest));
  }
}

function receive(pipe: GuestPipe): Records | undefined {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  if (!pipe.read(header)) return undefined;
  const frame = new Uint8Array(parseFrameLength(header, ORDER_LIMIT_BYTES));
  return pipe.read(frame) ? decodeRecords(frame) : undefined;
}

/** NaN becomes null here; the host's check of the answer refuses both. */
function send(pipe: GuestPipe, answer: Answer): void {
  const json = Buffer.from(JSON.stringify(answer, shorten));
  if (json.length > ANSWER_LIMIT_BYTES) {
    return send(pipe, { outcome: "badAnswer", detail: `an answer of ${json.length} bytes` });
  }
  pipe.write(sealFrame(Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), json])));
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, TEXT_LIMIT);
  return typeof value === "bigint" ? value.toString() : value;
}

function load(order: LoadOrder, records: Records, moduleByDigest: Map<string, LoadedModule>): Answer {
  const coreByName = new Map<string, WebAssembly.Module>();
  try {
    for (const [name, bytes] of records) {
      if (name !== ORDER && name !== GLUE) coreByName.set(name, new WebAssembly.Module(bytes));
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return { outcome: "wrongWorld", detail: error.message };
  }
  const script = new Script(Buffer.from(records.get(GLUE) ?? []).toString(), { filename: "glue" });
  const instantiate = script.runInThisContext() as Instantiate;
  const { kind, memoryBytes } = order;
  moduleByDigest.set(order.digest, { kind, memoryBytes, coreByName, instantiate });
  return { outcome: "ok", value: null };
}

function call(
  { digest, request, verdicts }: CallOrder,
  moduleByDigest: ReadonlyMap<string, LoadedModule>,
): Answer {
  const module = moduleByDigest.get(digest);
  if (module === undefined)
    return { outcome: "notInStore", detail: "the guest process was not given this module" };
  const full = { ...request, seed: BigInt(request.seed) };
  const argsByKind: Readonly<Record<ModuleKind, unknown[]>> = {
    scorer: [full],
    selector: [full, verdicts],
  };
  const answer = callModule(module, {
    args: argsByKind[module.kind],
    maxItems: request.candidates.length,
  });
  if (answer.outcome !== "ok") return answer;
  if (Array.isArray(answer.value) && answer.value.length <= request.candidates.length) return answer;
  return { outcome: "badAnswer", detail: "the answer is not a list, or too long" };
}

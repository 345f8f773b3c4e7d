import type { Arguments } from "./abi/lower.ts";
import type { ModuleKind } from "../select/request.ts";
import { FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES, NONCE_BYTES, writeFrameLength } from "./frame.ts";
import { callModule, TEXT_LIMIT } from "./instance.ts";
import { type LoadedModule, loadModule } from "./loaded-module.ts";
import { type Answer, type CallOrder, type LoadOrder, ORDER, type Order } from "./message.ts";
import { type GuestPipe, receiveOrder } from "./pipe.ts";
import { decodeRecords, type Records } from "./records.ts";

/** The guest process: says that it is ready, then answers one order after the other until the host goes away. */
export function runGuest(pipe: GuestPipe): void {
  const moduleByDigest = new Map<string, LoadedModule>();
  send(pipe, new Uint8Array(NONCE_BYTES), { outcome: "ok", value: null });
  for (let frame = receiveOrder(pipe); frame !== undefined; frame = receiveOrder(pipe)) {
    const records = decodeRecords(frame.subarray(NONCE_BYTES));
    const order = JSON.parse(Buffer.from(records.get(ORDER) ?? []).toString()) as Order;
    const answer = order.do === "load" ? load(order, records, moduleByDigest) : call(order, moduleByDigest);
    send(pipe, frame.subarray(0, NONCE_BYTES), answer);
  }
}

/** NaN becomes null here; the host's check of the answer refuses both. */
function send(pipe: GuestPipe, nonce: Uint8Array, answer: Answer): void {
  const json = Buffer.from(JSON.stringify(answer));
  const frame = Buffer.concat([Buffer.alloc(FRAME_HEADROOM_BYTES), json]);
  frame.set(nonce, FRAME_HEADER_BYTES);
  pipe.write(writeFrameLength(frame));
}

function load(order: LoadOrder, records: Records, moduleByDigest: Map<string, LoadedModule>): Answer {
  const loaded = loadModule(order, records);
  if (loaded.outcome !== "ok") return loaded;
  moduleByDigest.set(order.digest, loaded.value);
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
  const argsByKind: Readonly<Record<ModuleKind, Arguments>> = {
    scorer: [full],
    selector: [full, verdicts],
  };
  const maxItems = request.candidates.length;
  const answer = callModule(module, { args: argsByKind[module.kind], maxItems });
  return answer.outcome === "ok" ? boundAnswer(answer.value, maxItems) : shortenTexts(answer);
}

/** Holds what leaves the guest to a size that the host takes, whatever the module said. */
function boundAnswer(value: unknown, maxItems: number): Answer {
  if (Array.isArray(value) && value.length <= maxItems) {
    return { outcome: "ok", value: value.map((item: unknown) => shortenTexts(Object(item))) };
  }
  return { outcome: "badAnswer", detail: "the answer is not a list, or too long" };
}

/** A copy of a flat record; what else a module of other types may have put into it is left out. */
function shortenTexts<T extends object>(record: T): T {
  const entries = Object.entries(record).map(([key, value]: [string, unknown]) => [key, shorten(value)]);
  return Object.fromEntries(entries) as T;
}

function shorten(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, TEXT_LIMIT);
  return typeof value === "number" ? value : undefined;
}

import type { Arguments } from "./abi/lower.ts";
import type { Candidate } from "../../select/request.ts";
import { decodeCandidates } from "../wire/candidates.ts";
import { FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES, NONCE_BYTES, writeFrameLength } from "../wire/frame.ts";
import { evaluateGlue } from "./evaluate-glue.ts";
import { callModule } from "./instance.ts";
import { type LoadedModule, loadModule } from "./loaded-module.ts";
import {
  type Answer,
  type CallOrder,
  CANDIDATES,
  type LoadOrder,
  ORDER,
  type Order,
} from "../wire/message.ts";
import { type GuestPipe, receiveOrder } from "./pipe.ts";
import { decodeRecords, type Records } from "../wire/records.ts";

/** What the guest keeps from one order to the next. */
interface Kept {
  readonly moduleById: Map<string, LoadedModule>;
  candidates: readonly Candidate[];
}

/** The guest process: says that it is ready, then answers one order after the other until the host goes away. */
export function runGuest(pipe: GuestPipe): void {
  const kept: Kept = { moduleById: new Map(), candidates: [] };
  send(pipe, new Uint8Array(NONCE_BYTES), { outcome: "ok", value: null });
  for (let frame = receiveOrder(pipe); frame !== undefined; frame = receiveOrder(pipe)) {
    const records = decodeRecords(frame.subarray(NONCE_BYTES));
    const order = JSON.parse(Buffer.from(records.get(ORDER) ?? []).toString()) as Order;
    const answer = order.do === "load" ? load(order, records, kept) : call(order, records, kept);
    send(pipe, frame.subarray(0, NONCE_BYTES), answer);
    prepareNext(kept.moduleById.get(order.id));
  }
}

function prepareNext(module: LoadedModule | undefined): void {
  if (module?.way.by === "abi") module.way.plain.prepareInstance();
}

/** NaN becomes null here; the host's check of the answer refuses both. */
function send(pipe: GuestPipe, nonce: Uint8Array, answer: Answer): void {
  const json = Buffer.from(JSON.stringify(answer));
  const frame = Buffer.concat([Buffer.alloc(FRAME_HEADROOM_BYTES), json]);
  frame.set(nonce, FRAME_HEADER_BYTES);
  pipe.write(writeFrameLength(frame));
}

function load(order: LoadOrder, records: Records, { moduleById }: Kept): Answer {
  const loaded = loadModule(order, records, evaluateGlue);
  if (loaded.outcome !== "ok") return loaded;
  moduleById.set(order.id, loaded.value);
  return { outcome: "ok", value: null };
}

function call({ id, request, standing, verdicts }: CallOrder, records: Records, kept: Kept): Answer {
  const sent = records.get(CANDIDATES);
  if (sent !== undefined) kept.candidates = decodeCandidates(sent);
  const module = kept.moduleById.get(id);
  if (module === undefined)
    return { outcome: "notInStore", detail: "the guest process was not given this module" };
  const { candidates: all } = kept;
  const candidates = standing === undefined ? all : standing.flatMap((at) => all[at] ?? []);
  const full = { ...request, candidates, seed: BigInt(request.seed) };
  const args: Arguments = module.kind === "scorer" ? [full] : [full, verdicts];
  return callModule(module, { args, maxItems: candidates.length });
}

import type { ModuleFailure, ModuleResult } from "../../select/outcome.ts";
import type { ModuleKind, SelectionRequest } from "../../select/request.ts";
import { findAnswer } from "./answer.ts";
import { GuestConnection, type GuestProcess } from "./connection.ts";
import { explainReply, explainSilence, explainStart } from "./explain.ts";
import { capMemories } from "../../wasm/memory.ts";
import { canWait } from "../../wasm/waiting.ts";
import { type Call, encodeCall, encodeOrder, GLUE, LIFT } from "../wire/message.ts";
import type { GuestLimits, PreparedModule, Sandbox, SelectorQuestion } from "../port.ts";
import { openSpare, type Spare } from "./spare.ts";
import { openTurns } from "../../turns.ts";

/** From the start of the guest process until it says that it is ready; 30 ms on an idle machine. */
const START_MS = 5000;

export interface SandboxOptions {
  /** A second guest stands by for the next kill. Worth it for who lives longer than a few decisions. */
  readonly keepsSpare?: boolean;
}

/** Starts a guest process at once, since it takes longer than anything that is asked of it. */
export function openSandbox(
  spawn: () => GuestProcess,
  limits: GuestLimits,
  { keepsSpare = false }: SandboxOptions = {},
): Sandbox {
  return new GuestSandbox(spawn, limits, keepsSpare);
}

/** What is known of a module: the order that loads it, or why it can't be loaded. */
type Known = ModuleResult<Uint8Array>;

/** What came of asking, and whether it may be the doing of a module that ran in the same guest before. */
interface Attempt {
  readonly result: ModuleResult<unknown>;
  readonly isDoubtful: boolean;
}

class GuestSandbox implements Sandbox {
  readonly #spawn: () => GuestProcess;
  readonly #limits: GuestLimits;
  readonly #knownById = new Map<string, Known>();
  /** The guest once it is ready; undefined when the next call has to start one. */
  #guest: Promise<GuestConnection | ModuleFailure> | undefined;
  /** Those that were started and are not known to be gone. */
  readonly #living = new Set<GuestConnection>();
  readonly #spare: Spare | undefined;
  #isClosed = false;
  /** The guest answers one order at a time. */
  readonly #inTurn = openTurns();

  constructor(spawn: () => GuestProcess, limits: GuestLimits, keepsSpare: boolean) {
    this.#spawn = spawn;
    this.#limits = limits;
    this.#guest = this.#start();
    const start = async () => {
      const guest = await this.#start();
      return guest instanceof GuestConnection ? guest : undefined;
    };
    if (keepsSpare) this.#spare = openSpare({ start, loadMs: limits.loadMs });
  }

  load(module: PreparedModule): Promise<ModuleResult<void>> {
    return this.#inTurn(async () => {
      const id = toId(module.kind, module.digest);
      if (!this.#knownById.has(id)) this.#knownById.set(id, planLoad({ ...module, id }, this.#limits));
      const guest = await this.#guestWith(id);
      this.#keepSpare();
      return guest instanceof GuestConnection ? { outcome: "ok", value: undefined } : guest;
    });
  }

  score(digest: string, request: SelectionRequest, deadlineMs: number): Promise<ModuleResult<unknown>> {
    return this.#call({ id: toId("scorer", digest), request }, deadlineMs);
  }

  select(
    digest: string,
    { request, verdicts }: SelectorQuestion,
    deadlineMs: number,
  ): Promise<ModuleResult<unknown>> {
    return this.#call({ id: toId("selector", digest), request, verdicts }, deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const closeAll = () => Promise.all([...this.#living].map((guest) => guest.close()));
    await closeAll();
    await this.#inTurn(closeAll); // one more may have been on its way
  }

  #call(call: Call, deadlineMs: number): Promise<ModuleResult<unknown>> {
    return this.#inTurn(async () => {
      const result = await this.#answer(call, deadlineMs);
      this.#keepSpare();
      return result;
    });
  }

  /** What can be loaded stands by; the rest would only end it. */
  #keepSpare(): void {
    if (this.#isClosed || this.#spare === undefined) return;
    const orders = [...this.#knownById].flatMap(([id, known]) =>
      known.outcome === "ok" ? [[id, known.value] as const] : [],
    );
    this.#spare.keep(new Map(orders));
  }

  /** A doubtful failure is settled by a guest in which nothing else has run. */
  async #answer(call: Call, deadlineMs: number): Promise<ModuleResult<unknown>> {
    const guest = await this.#guestWith(call.id);
    if (!(guest instanceof GuestConnection)) return guest;
    const begunMs = performance.now();
    const { frame, held } = encodeCall(call, guest.candidates);
    guest.candidates = held;
    const question = { id: call.id, frame };
    const { result, isDoubtful } = await this.#ask(guest, question, deadlineMs);
    return isDoubtful ? await this.#answer(call, deadlineMs - (performance.now() - begunMs)) : result;
  }

  /** A living guest that has this module, or why there is none. */
  async #guestWith(id: string): Promise<GuestConnection | ModuleFailure> {
    const known = this.#knownById.get(id);
    if (known === undefined) throw new Error(`${id} was never loaded`);
    if (known.outcome !== "ok") return known;
    let guest = await (this.#guest ??= this.#next());
    if (guest instanceof GuestConnection && guest.hasEnded) guest = await (this.#guest = this.#next());
    if (!(guest instanceof GuestConnection)) this.#guest = undefined;
    if (!(guest instanceof GuestConnection) || guest.loaded.has(id)) return guest;
    const { loadMs } = this.#limits;
    const { result: loaded, isDoubtful } = await this.#ask(guest, { id, frame: known.value }, loadMs);
    if (isDoubtful) return await this.#guestWith(id);
    if (loaded.outcome === "ok") {
      guest.loaded.add(id);
      return guest;
    }
    if (loaded.outcome !== "timeout") this.#knownById.set(id, loaded); // a busy machine is no fault of the module
    return loaded;
  }

  async #next(): Promise<GuestConnection | ModuleFailure> {
    return (await this.#spare?.take()) ?? (await this.#start());
  }

  async #start(): Promise<GuestConnection | ModuleFailure> {
    if (this.#isClosed) throw new Error("the sandbox is closed");
    const guest = connect(this.#spawn, this.#limits);
    if (!(guest instanceof GuestConnection)) return guest;
    this.#living.add(guest);
    void guest.ended.then(() => this.#living.delete(guest));
    const ready = await guest.receive(START_MS);
    if (ready.came === "answer") return guest;
    await guest.close();
    return explainStart(explainSilence(ready, START_MS));
  }

  async #ask(
    guest: GuestConnection,
    { id, frame }: { readonly id: string; readonly frame: Uint8Array },
    deadlineMs: number,
  ): Promise<Attempt> {
    const reply = await guest.ask(frame, deadlineMs);
    const answer = reply.came === "answer" ? findAnswer(reply.bytes) : undefined;
    if (answer !== undefined) return { result: answer, isDoubtful: false };
    const isShared = [...guest.loaded].some((other) => other !== id);
    const isDoubtful = isShared && reply.came !== "late";
    // A spare has other modules in it, so it settles no doubt.
    this.#guest = isDoubtful ? this.#start() : undefined;
    void guest.close();
    return { result: explainReply(reply, deadlineMs), isDoubtful };
  }
}

/** One digest may be asked as scorer and as selector. */
function toId(kind: ModuleKind, digest: string): string {
  return `${kind} ${digest}`;
}

function planLoad(
  { id, kind, glue, lift, coreByName }: PreparedModule & { readonly id: string },
  { memoryBytes }: GuestLimits,
): Known {
  const capped = capMemories(coreByName, memoryBytes);
  if (capped.outcome !== "ok") return capped;
  const records = new Map([[GLUE, glue], ...capped.value]);
  if (lift !== undefined) records.set(LIFT, lift);
  const order = { id, kind, memoryBytes, canWait: [...capped.value.values()].every(canWait) };
  return { outcome: "ok", value: encodeOrder({ do: "load", ...order }, records) };
}

/** The guest may fail to start before anyone waits for it, so that is an outcome from the first moment on. */
function connect(spawn: () => GuestProcess, { answerBytes }: GuestLimits): GuestConnection | ModuleFailure {
  try {
    return new GuestConnection(spawn(), answerBytes);
  } catch (error) {
    return explainStart(error instanceof Error ? error.message : String(error));
  }
}

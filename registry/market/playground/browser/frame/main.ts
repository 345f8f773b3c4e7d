/** The frame in which a module's worker lives: an origin of its own, from which nothing can be loaded or sent. */
import { GLUE } from "../../../../../core/sandbox/wire/message.ts";
import type { ModuleFailure } from "../../../../../core/select/outcome.ts";
import { type AskOrder, findSaid, type LoadOrder, type Order } from "../orders.ts";

/** The program of the worker; put here when this one is bundled. */
declare const WORKER_PROGRAM: string;

/** A phone compiles a JavaScript engine in about a second. */
const LOAD_MS = 15_000;
/** A node gives all modules of a decision 50 ms. */
const ANSWER_MS = 1_000;

/** A worker that has the module, or is about to. */
interface Running {
  readonly worker: Worker;
  /** The order that it works on. */
  awaited: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** What it is to do once it has the module. */
  next: AskOrder | undefined;
}

let module: LoadOrder | undefined;
let running: Running | undefined;

globalThis.addEventListener("message", ({ source, data }: MessageEvent<Order>) => {
  if (source !== globalThis.parent) return;
  if (data.do === "ask") return ask(data);
  end();
  module = data;
  start(module);
});

function ask(order: AskOrder): void {
  if (module === undefined) return;
  running ??= start(module);
  if (running.awaited === 0) running.next = order;
  else pass(running, order);
}

function start(order: LoadOrder): Running {
  const url = URL.createObjectURL(new Blob([toScript(order)], { type: "text/javascript" }));
  const worker = new Worker(url);
  const started: Running = { worker, awaited: -1, timer: undefined, next: undefined };
  running = started;
  worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(started, data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail(started, { outcome: "error", detail: "its worker failed" });
  });
  pass(started, order);
  URL.revokeObjectURL(url);
  return started;
}

/** The glue's value stands where the program looks for it: a script may be loaded here, but no text be evaluated. */
function toScript({ records }: LoadOrder): string {
  const glue = records.get(GLUE);
  const text = glue === undefined ? "undefined" : new TextDecoder().decode(glue);
  return `const instantiateGlue = ${text};\n${WORKER_PROGRAM}`;
}

function pass(to: Running, order: Order): void {
  const isLoad = order.do === "load";
  const deadlineMs = isLoad ? LOAD_MS : ANSWER_MS;
  to.awaited = isLoad ? 0 : order.id;
  to.timer = setTimeout(() => {
    fail(to, { outcome: "timeout", detail: `no answer within ${deadlineMs} ms; it was stopped` });
  }, deadlineMs);
  to.worker.postMessage(order);
}

/** What isn't awaited ends the worker. */
function hear(from: Running, message: unknown): void {
  if (from !== running) return;
  const said = findSaid(message);
  if (said === undefined || said.id !== from.awaited) {
    return fail(from, { outcome: "error", detail: "it said what it wasn't asked" });
  }
  clearTimeout(from.timer);
  from.awaited = -1;
  tell(said.id, said.text);
  const { next } = from;
  from.next = undefined;
  if (next !== undefined && running === from) pass(from, next);
}

/** The next question starts another worker. */
function fail(failed: Running, failure: ModuleFailure): void {
  if (failed !== running) return;
  const ids = [failed.awaited, failed.next?.id].filter((id) => id !== undefined && id !== -1);
  end();
  for (const id of ids) tell(id ?? 0, JSON.stringify(failure));
}

function end(): void {
  clearTimeout(running?.timer);
  running?.worker.terminate();
  running = undefined;
}

/** To whoever shows this frame: the server's policy lets nobody but its own pages. */
function tell(id: number, text: string): void {
  globalThis.parent.postMessage({ id, text }, "*");
}

globalThis.parent.postMessage({ id: -1, text: "ready" }, "*");

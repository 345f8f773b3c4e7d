/** Where a module runs: a worker that nothing can be reached from, and that is ended when it is late. */
import { callModule } from "../../../../../core/sandbox/guest/instance.ts";
import {
  type Instantiate,
  type LoadedModule,
  loadModule,
} from "../../../../../core/sandbox/guest/loaded-module.ts";
import type { Answer } from "../../../../../core/sandbox/wire/message.ts";
import type { LoadOrder, Order, Said } from "../orders.ts";

/** What stands before this program in the worker's script. */
declare const instantiateGlue: Instantiate | undefined;

let loaded: LoadedModule | undefined;

globalThis.addEventListener("message", ({ data }: MessageEvent<Order>) => {
  say(data.do === "load" ? 0 : data.id, data.do === "load" ? load(data) : ask(data));
});

function load({ kind, memoryBytes, records }: LoadOrder): Answer {
  const made = loadModule({ kind, memoryBytes, canWait: false }, records, () => {
    if (instantiateGlue === undefined) throw new TypeError("the module came without its glue");
    return instantiateGlue;
  });
  if (made.outcome !== "ok") return made;
  loaded = made.value;
  return { outcome: "ok", value: null };
}

function ask(order: Extract<Order, { do: "ask" }>): Answer {
  if (loaded === undefined) return { outcome: "notInStore", detail: "the worker was not given this module" };
  return callModule(loaded, order);
}

function say(id: number, answer: Answer): void {
  globalThis.postMessage({ id, text: JSON.stringify(answer) } satisfies Said);
}

import { type Answer as Checked, checkAnswer, type Question } from "../../../../../core/golden/answer.ts";
import { readAnswer } from "../../../../../core/sandbox/host/answer.ts";
import type { ModuleFailure, ModuleResult } from "../../../../../core/select/outcome.ts";
import { findJson } from "../../../../../core/spec/json.ts";
import { findSaid, type LoadOrder, type Order } from "../orders.ts";

/** Above both deadlines that the frame keeps: what is later comes from a frame that is stuck. */
const STUCK_MS = 20_000;

const STUCK: ModuleFailure = { outcome: "timeout", detail: "its frame doesn't answer; a new one was made" };

/**
 * A browser may fail to stop a worker, as Chromium does one that calls itself by tail calls: so many may be left running.
 */
const MOST_LATE = 3;

const TOO_LATE: ModuleFailure = {
  outcome: "timeout",
  detail: `it was late ${MOST_LATE} times in a row; load the page anew to ask it again`,
};

const JUNK: ModuleFailure = { outcome: "badAnswer", detail: "it answered out of protocol" };

/** A frame with one module in it. Nothing that comes from there is believed without being read. */
export class ModuleFrame {
  readonly #place: HTMLElement;
  readonly #url: string;
  readonly #order: LoadOrder;
  #frame: HTMLIFrameElement | undefined;
  #isReady: PromiseWithResolvers<void> = Promise.withResolvers();
  #awaited: { readonly id: number; readonly resolve: (said: ModuleResult<unknown>) => void } | undefined;
  #lastId = 0;
  /** In a row. */
  #lateCount = 0;

  /** @param place the element that holds the frame; nothing of it is seen. */
  constructor(place: HTMLElement, url: string, order: LoadOrder) {
    this.#place = place;
    this.#url = url;
    this.#order = order;
    globalThis.addEventListener("message", (event) => this.#hear(event));
  }

  /** One question at a time. */
  async ask(question: Question): Promise<ModuleResult<Checked>> {
    if (this.#lateCount === MOST_LATE) return TOO_LATE;
    const { kind } = this.#order;
    const { request, verdicts } = question;
    const { promise, resolve } = Promise.withResolvers<ModuleResult<unknown>>();
    const id = (this.#lastId += 1);
    this.#awaited = { id, resolve };
    const timer = setTimeout(() => {
      this.#remove();
      resolve(STUCK);
    }, STUCK_MS);
    this.#frame ??= this.#show();
    await Promise.race([this.#isReady.promise, promise]);
    const args = kind === "scorer" ? ([request] as const) : ([request, verdicts] as const);
    this.#post({ do: "ask", id, args, maxItems: request.candidates.length });
    const said = await promise;
    clearTimeout(timer);
    this.#awaited = undefined;
    this.#lateCount = said.outcome === "timeout" ? this.#lateCount + 1 : 0;
    return said.outcome === "ok" ? checkAnswer(kind, said.value, question) : said;
  }

  #show(): HTMLIFrameElement {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = "Where the module runs";
    frame.hidden = true;
    frame.src = this.#url;
    this.#place.append(frame);
    return frame;
  }

  #remove(): void {
    this.#frame?.remove();
    this.#frame = undefined;
    this.#isReady = Promise.withResolvers();
  }

  /** Its origin has no name that a message could be addressed to. */
  #post(order: Order): void {
    this.#frame?.contentWindow?.postMessage(order, "*");
  }

  #hear({ source, origin, data }: MessageEvent<unknown>): void {
    if (source === null || source !== this.#frame?.contentWindow || origin !== "null") return;
    const said = findSaid(data);
    if (said?.id === -1) {
      this.#post(this.#order);
      return this.#isReady.resolve();
    }
    if (said === undefined) return;
    const answer = readAnswer(findJson(said.text)) ?? JUNK;
    const isFailedLoad = said.id === 0 && answer.outcome !== "ok";
    if (this.#awaited !== undefined && (said.id === this.#awaited.id || isFailedLoad))
      this.#awaited.resolve(answer);
  }
}

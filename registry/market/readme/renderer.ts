import { Worker } from "node:worker_threads";
import { openTurns } from "../../../core/turns.ts";
import { Html, replaceSteering } from "../html.ts";

/** Of a README, in UTF-16 units. */
const MAX_LENGTH = 256 * 2 ** 10;
/** Of what is made of it: nested quotes and lists can make much of little. */
const MAX_MARKUP_LENGTH = 2 * 2 ** 20;
/** For one README; the first one also waits for the thread to start. */
const RENDER_MS = 2_000;
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

export interface ReadmeRenderer extends AsyncDisposable {
  /** Undefined for one that is too long, or takes too long: Markdown can be made to. */
  render(markdown: string): Promise<Html | undefined>;
}

/**
 * Renders READMEs in a thread of their own, one after the other. One that doesn't end takes the thread with it.
 * @param file the thread's program.
 */
export function openReadmeRenderer(file: string | URL, renderMs = RENDER_MS): ReadmeRenderer {
  const inTurn = openTurns();
  let worker: Worker | undefined;
  const stop = async () => {
    const stopped = worker;
    worker = undefined;
    await stopped?.terminate();
  };
  const render = async (markdown: string) => {
    worker ??= startWorker(file);
    const answer = await ask(worker, markdown, renderMs);
    if (answer === undefined) await stop();
    return answer === undefined || answer.length > MAX_MARKUP_LENGTH
      ? undefined
      : new Html(replaceSteering(answer));
  };
  return {
    render: async (markdown) => (markdown.length > MAX_LENGTH ? undefined : inTurn(() => render(markdown))),
    [Symbol.asyncDispose]: () => inTurn(stop),
  };
}

function startWorker(file: string | URL): Worker {
  const worker = new Worker(file, { env: {}, resourceLimits: RESOURCE_LIMITS });
  worker.unref();
  worker.on("error", () => undefined); // whoever asks then learns it from `exit`
  return worker;
}

/** Undefined when the thread gives no answer. */
function ask(worker: Worker, markdown: string, deadlineMs: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(undefined), deadlineMs);
  const onMessage = (answer: string) => resolve(answer);
  const onExit = () => resolve(undefined);
  worker.once("message", onMessage).once("exit", onExit);
  worker.postMessage({ markdown });
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", onMessage).off("exit", onExit);
  });
}

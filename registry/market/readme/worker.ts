/** Renders READMEs one after the other: a thread of its own, which is ended when one takes too long. */
import { parentPort } from "node:worker_threads";
import { renderReadme } from "./render.ts";

parentPort?.on("message", ({ markdown }: { markdown: string }) =>
  parentPort?.postMessage(renderReadme(markdown)),
);

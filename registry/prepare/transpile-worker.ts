/** Runs the transpiler beside the caller, so that a component that keeps it busy can be stopped. */
import { parentPort, workerData } from "node:worker_threads";
import { generate } from "@bytecodealliance/jco/component";

if (!(workerData instanceof Uint8Array)) throw new TypeError("the worker takes one component");
const { files } = await generate(workerData, {
  name: "module",
  instantiation: { tag: "sync" },
  noTypescript: true,
  noNodejsCompat: true,
  tlaCompat: false,
  base64Cutoff: 0,
});
parentPort?.postMessage(new Map(files));

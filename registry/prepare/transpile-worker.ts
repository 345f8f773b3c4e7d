/** Runs the transpiler beside the caller, so that a component that keeps it busy can be stopped. */
import { parentPort, workerData } from "node:worker_threads";
import { generate } from "@bytecodealliance/jco/component";
import { GLUE } from "../../core/sandbox/message.ts";

if (!(workerData instanceof Uint8Array)) throw new TypeError("the worker takes one component");
parentPort?.postMessage(await transpile(workerData));

/** The module's records, or why it has none. */
async function transpile(wasm: Uint8Array): Promise<Map<string, Uint8Array> | string> {
  try {
    const { files } = await generate(wasm, {
      name: "module",
      instantiation: { tag: "sync" },
      noTypescript: true,
      noNodejsCompat: true,
      tlaCompat: false,
      base64Cutoff: 0,
    });
    return new Map(
      files.map(([name, bytes]) => (name.endsWith(".js") ? [GLUE, toScript(bytes)] : [name, bytes])),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** jco writes an ES module, which only a loader could run: makes it a script whose value is `instantiate`. */
function toScript(glue: Uint8Array): Uint8Array {
  const text = Buffer.from(glue)
    .toString()
    .replaceAll(/^export (?=function |const )/gm, "");
  return Buffer.from(`(() => {${text}\nreturn instantiate;\n})()`);
}

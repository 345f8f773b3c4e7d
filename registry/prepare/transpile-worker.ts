/** Runs the transpiler beside the caller, so that a component that keeps it busy can be stopped. */
import { parentPort, workerData } from "node:worker_threads";
import { generate } from "@bytecodealliance/jco/component";
import { GLUE } from "../../core/sandbox/message.ts";
import { BinaryError } from "../../core/wasm/binary.ts";
import { findUnfitName } from "../../core/wasm/names.ts";

if (!(workerData instanceof Uint8Array)) throw new TypeError("the worker takes one component");
parentPort?.postMessage(await transpile(workerData));

/** The module's records, or why it has none. */
async function transpile(wasm: Uint8Array): Promise<Map<string, Uint8Array> | string> {
  try {
    checkNames(wasm);
    const { files } = await generate(wasm, {
      name: "module",
      instantiation: { tag: "sync" },
      noTypescript: true,
      noNodejsCompat: true,
      tlaCompat: false,
      base64Cutoff: 0,
    });
    return new Map(
      files.map(([name, bytes]) => (name.endsWith(".js") ? [GLUE, toScript(bytes)] : toCore(name, bytes))),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Its names once more, as jco read them: had our reader missed a module, its names would show here. */
function toCore(name: string, bytes: Uint8Array): [string, Uint8Array] {
  checkNames(bytes);
  return [name, bytes];
}

function checkNames(wasm: Uint8Array): void {
  const unfit = findUnfitName(wasm);
  if (unfit !== undefined)
    throw new BinaryError(`a name in it has characters that no name may have: ${unfit}`);
}

/** jco writes an ES module, which only a loader could run: makes it a script whose value is `instantiate`. */
function toScript(glue: Uint8Array): Uint8Array {
  const text = Buffer.from(glue)
    .toString()
    .replaceAll(/^export (?=function |const )/gm, "");
  return Buffer.from(`(() => {${text}\nreturn instantiate;\n})()`);
}

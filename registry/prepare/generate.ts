import { generate } from "@bytecodealliance/jco/component";
import { GLUE } from "../../core/sandbox/wire/message.ts";
import type { Records } from "../../core/sandbox/wire/records.ts";

/**
 * Glue and core modules of a component, as jco makes them. Run in a process that holds nothing and is killed when it
 * is late: the component keeps jco as busy as it likes.
 * @throws what jco throws when it refuses the component.
 */
export async function generateRecords(component: Uint8Array): Promise<Records> {
  const { files } = await generate(component, {
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
}

/** jco writes an ES module, which only a loader could run: makes it a script whose value is `instantiate`. */
function toScript(glue: Uint8Array): Uint8Array {
  const text = Buffer.from(glue)
    .toString()
    .replaceAll(/^export (?=function |const )/gm, "");
  return Buffer.from(`(() => {${text}\nreturn instantiate;\n})()`);
}

import { parse } from "@bytecodealliance/jco";

export const SCORER = ["types", "scoring"];
export const SELECTOR = ["types", "selecting"];

/** A component that has the exports of a module and no code: enough for all that never runs it. */
export async function makeComponent(interfaces: readonly string[], note = ""): Promise<Uint8Array> {
  const exports = interfaces.map((name) => `(export "genie:selection/${name}@1.0.0" (instance $empty))`);
  const component = await parse(`(component (instance $empty) ${exports.join(" ")})`);
  return note === "" ? component : addNote(component, note);
}

/** The same component with other bytes: a custom section with this name, of at most 125 characters. */
export function addNote(component: Uint8Array, note: string): Uint8Array {
  const name = Buffer.from(note);
  return Buffer.concat([component, Buffer.from([0, name.length + 1, name.length]), name]);
}

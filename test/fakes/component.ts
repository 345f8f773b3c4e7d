import { parse } from "@bytecodealliance/jco";

/** A component that has the exports of a module and no code: enough for all that never runs it. */
export async function makeComponent(interfaces: readonly string[], note = ""): Promise<Uint8Array> {
  const exports = interfaces.map((name) => `(export "genie:selection/${name}@1.0.0" (instance $empty))`);
  const custom = note === "" ? "" : `(core module (@custom "note" "${note}"))`;
  return parse(`(component (instance $empty) ${exports.join(" ")} ${custom})`);
}

export const SCORER = ["types", "scoring"];
export const SELECTOR = ["types", "selecting"];

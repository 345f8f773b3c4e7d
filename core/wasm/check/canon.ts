import { BinaryError, type BinaryReader } from "../binary.ts";
import { refuse } from "./features.ts";
import { addCore, addItem, checkCoreIndex, itemAt, type Scope } from "./scope.ts";

/** Functions between core wasm and components, and those of resources. Source: Binary.md, `canon`. */
export function checkCanon(reader: BinaryReader, scope: Scope): void {
  scope.count("functions", 1);
  const form = reader.byte();
  if (form === 0x00) checkLift(reader, scope);
  else if (form === 0x01) checkLower(reader, scope);
  else if (form >= 0x02 && form <= 0x04) {
    itemAt(scope, "type", reader.u32()); // a resource: new, drop, rep
    addCore(scope, "core function");
  } else refuseCanon(form);
}

function checkLift(reader: BinaryReader, scope: Scope): void {
  reader.tag(0);
  checkCoreIndex(scope, "core function", reader.u32());
  checkOptions(reader, scope);
  const { weight, shape } = itemAt(scope, "type", reader.u32());
  addItem(scope, { sort: "function", weight, shape });
}

function checkLower(reader: BinaryReader, scope: Scope): void {
  reader.tag(0);
  scope.count("typeTotal", itemAt(scope, "function", reader.u32()).weight);
  checkOptions(reader, scope);
  addCore(scope, "core function");
}

/** String encodings 0 to 2, then what has an index: the memory, and functions of core wasm. */
const MEMORY = 0x03;
const REALLOC = 0x04;
const POST_RETURN = 0x05;

function checkOptions(reader: BinaryReader, scope: Scope): void {
  for (let left = reader.u32(); left > 0; left -= 1) {
    const option = reader.byte();
    if (option > POST_RETURN) refuse("async functions of components");
    if (option === MEMORY) checkCoreIndex(scope, "core memory", reader.u32());
    if (option === REALLOC || option === POST_RETURN) checkCoreIndex(scope, "core function", reader.u32());
  }
}

/** Source: component-model, design/mvp/Binary.md, as of 2025. */
function refuseCanon(form: number): never {
  if ((form >= 0x0e && form <= 0x1b) || (form >= 0x1c && form <= 0x1e))
    refuse("streams and futures of components");
  if (form >= 0x26 && form <= 0x42) refuse("threads of components");
  if (form >= 0x05 && form <= 0x25) refuse("async functions of components");
  throw new BinaryError(`has an unknown canonical function 0x${form.toString(16)}`);
}

import { BinaryError, type BinaryReader } from "../binary.ts";
import { refuse } from "./features.ts";
import { type Item, itemAt, type Scope } from "./scope.ts";
import { checkText } from "./text.ts";

/** `importname'` and `exportname'` of Binary.md. */
export function readExternName(reader: BinaryReader): string {
  reader.tag(0x01);
  return checkText(reader);
}

/** What an import or an export is of, `externdesc` of Binary.md. */
export function readExternType(reader: BinaryReader, scope: Scope): Item {
  const form = reader.byte();
  if (form === 0x01) {
    const { weight, shape } = itemAt(scope, "type", reader.u32());
    return { sort: "function", weight, shape };
  }
  if (form === 0x03) return readTypeBound(reader, scope);
  if (form === 0x05) return { ...itemAt(scope, "type", reader.u32()), sort: "instance" };
  if (form === 0x00 || form === 0x04) refuse("component types");
  if (form === 0x02) refuse("values of components");
  throw new BinaryError(`has an unknown kind of import or export 0x${form.toString(16)}`);
}

/** A type that equals another, or a resource of which nothing is known. */
function readTypeBound(reader: BinaryReader, scope: Scope): Item {
  return reader.tag(1) === 0 ? itemAt(scope, "type", reader.u32()) : { sort: "type", weight: 1 };
}

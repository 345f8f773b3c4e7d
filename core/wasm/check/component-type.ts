import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkAlias } from "./alias.ts";
import { checkBound } from "./bounds.ts";
import { readDefinedType } from "./defined-type.ts";
import { readExternName, readExternType } from "./extern-type.ts";
import { refuse } from "./features.ts";
import { addExport, addItem, type Item, openScope, type Scope, sumWeights } from "./scope.ts";

/** Reads the definition of a type. Source: component-model, design/mvp/Binary.md, `deftype`. */
export function readType(reader: BinaryReader, scope: Scope, depth: number): Item {
  checkBound("typeNesting", depth);
  const form = reader.byte();
  if (form === 0x42) return readInstanceType(reader, scope, depth);
  return { sort: "type", ...readDefinedType(form, reader, scope) };
}

/** The type of an instance: what it would export, with types and aliases of its own. */
function readInstanceType(reader: BinaryReader, outer: Scope, depth: number): Item {
  const scope = openScope(outer.count, outer);
  for (let left = reader.u32(); left > 0; left -= 1) readDeclaration(reader, scope, depth);
  return { sort: "type", weight: sumWeights(scope.exports), exports: scope.exports };
}

function readDeclaration(reader: BinaryReader, scope: Scope, depth: number): void {
  const form = reader.byte();
  if (form === 0x01) {
    scope.count("types", 1);
    addItem(scope, readType(reader, scope, depth + 1));
  } else if (form === 0x02) checkAlias(reader, scope);
  else if (form === 0x04) {
    scope.count("items", 1);
    const name = readExternName(reader);
    const item = readExternType(reader, scope);
    addItem(scope, item);
    addExport(scope.exports, name, item);
  } else if (form === 0x00) refuse("core types of components");
  else throw new BinaryError(`has an unknown declaration 0x${form.toString(16)}`);
}

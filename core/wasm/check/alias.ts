import { BinaryError, type BinaryReader } from "../binary.ts";
import { refuse } from "./features.ts";
import {
  addCore,
  addItem,
  checkCoreIndex,
  CORE_SORT_BY_BYTE,
  itemAt,
  type Scope,
  type Sort,
  SORTS,
} from "./scope.ts";
import { checkText } from "./text.ts";

/** What a sort is called; core sorts have two bytes. */
export function readSort(reader: BinaryReader): { readonly sort: Sort; readonly core: string } {
  const sort = SORTS[reader.tag(SORTS.length - 1)] ?? "core";
  if (sort === "value") refuse("values of components");
  return { sort, core: sort === "core" ? readCoreSort(reader) : "" };
}

/** What a sort of core wasm is called. */
export function readCoreSort(reader: BinaryReader): string {
  const byte = reader.byte();
  const core = CORE_SORT_BY_BYTE.get(byte);
  if (core !== undefined) return core;
  if (byte === 0x10) refuse("core types of components");
  if (byte === 0x04) refuse("exceptions");
  throw new BinaryError(`has an unknown core sort 0x${byte.toString(16)}`);
}

/** An alias: another index for an export of an instance, or for something of the component around. */
export function checkAlias(reader: BinaryReader, scope: Scope): void {
  scope.count("items", 1);
  const { sort, core } = readSort(reader);
  const target = reader.tag(2);
  if (target === 2) aliasOuter(reader, scope, { sort, core });
  else if (target === 1) aliasCoreExport(reader, scope, core);
  else aliasExport(reader, scope, sort);
}

function aliasExport(reader: BinaryReader, scope: Scope, sort: Sort): void {
  const instance = itemAt(scope, "instance", reader.u32());
  const name = checkText(reader);
  const item = instance.exports?.get(name);
  if (item?.sort !== sort)
    throw new BinaryError(`has an alias of ${name}, which is no ${sort} of that instance`);
  addItem(scope, item);
}

function aliasCoreExport(reader: BinaryReader, scope: Scope, core: string): void {
  if (core === "" || core === "core module" || core === "core instance") {
    throw new BinaryError("has an alias of what no core module exports");
  }
  checkCoreIndex(scope, "core instance", reader.u32());
  checkText(reader);
  addCore(scope, core);
}

function aliasOuter(
  reader: BinaryReader,
  scope: Scope,
  { sort, core }: { readonly sort: Sort; readonly core: string },
): void {
  const around = findOuter(scope, reader.u32());
  const index = reader.u32();
  if (sort === "type" || sort === "component") addItem(scope, itemAt(around, sort, index));
  else if (core === "core module") {
    checkCoreIndex(around, core, index);
    addCore(scope, core);
  } else throw new BinaryError(`has an alias of an outer ${core || sort}`);
}

function findOuter(scope: Scope, levels: number): Scope {
  let around: Scope | undefined = scope;
  for (let left = levels; left > 0 && around !== undefined; left -= 1) around = around.outer;
  if (around === undefined)
    throw new BinaryError(`has an alias of something ${levels} levels out, where nothing is`);
  return around;
}

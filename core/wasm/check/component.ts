import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkAlias, readCoreSort, readSort } from "./alias.ts";
import { checkCanon } from "./canon.ts";
import { readType } from "./component-type.ts";
import { readExternName, readExternType } from "./extern-type.ts";
import { refuse } from "./features.ts";
import { locate } from "./place.ts";
import {
  addCore,
  addExport,
  addItem,
  checkCoreIndex,
  type Item,
  itemAt,
  type Scope,
  sumWeights,
} from "./scope.ts";
import { checkText } from "./text.ts";

type CheckItem = (reader: BinaryReader, scope: Scope) => void;

/** Sections by id, each a list; what nests and custom ones are not among them. Source: component-model, Binary.md. */
const SECTIONS: readonly (readonly [name: string, checkItem: CheckItem] | undefined)[] = [
  undefined,
  undefined,
  ["core instance", checkCoreInstance],
  ["core type", () => refuse("core types of components")],
  undefined,
  ["instance", checkInstance],
  ["alias", checkAlias],
  ["type", checkType],
  ["canon", checkCanon],
  ["start", () => refuse("values of components")],
  ["import", checkImport],
  ["export", checkExport],
  ["value", () => refuse("values of components")],
];

/** Holds one section of a component against bounds and features. */
export function checkComponentSection(id: number, reader: BinaryReader, scope: Scope): void {
  const known = SECTIONS[id];
  if (known === undefined) throw new BinaryError(`has an unknown section ${id}`);
  const [name, checkItem] = known;
  locate(`${name} section`, reader, () => {
    for (let left = reader.u32(); left > 0; left -= 1) checkItem(reader, scope);
  });
}

function checkType(reader: BinaryReader, scope: Scope): void {
  scope.count("types", 1);
  addItem(scope, readType(reader, scope, 1));
}

function checkCoreInstance(reader: BinaryReader, scope: Scope): void {
  const isOfModule = reader.tag(1) === 0;
  if (isOfModule) {
    checkCoreIndex(scope, "core module", reader.u32());
    addInstances(scope, 1);
  } else scope.count("items", 1);
  for (let left = reader.u32(); left > 0; left -= 1) {
    scope.count("items", 1);
    checkText(reader);
    checkCoreIndex(scope, readCoreSort(reader), reader.u32());
  }
  addCore(scope, "core instance");
}

function checkInstance(reader: BinaryReader, scope: Scope): void {
  if (reader.tag(1) === 0) instantiate(reader, scope);
  else gatherExports(reader, scope);
}

function instantiate(reader: BinaryReader, scope: Scope): void {
  const component = itemAt(scope, "component", reader.u32());
  addInstances(scope, (component.instances ?? 0) + 1);
  for (let left = reader.u32(); left > 0; left -= 1) {
    scope.count("items", 1);
    checkText(reader);
    readItem(reader, scope);
  }
  addItem(scope, { ...component, sort: "instance" });
}

/** An instance that is a list of what its component has. */
function gatherExports(reader: BinaryReader, scope: Scope): void {
  const exports = new Map<string, Item>();
  for (let left = reader.u32(); left > 0; left -= 1) {
    scope.count("items", 1);
    const name = readExternName(reader);
    addExport(exports, name, readItem(reader, scope));
  }
  addItem(scope, { sort: "instance", weight: sumWeights(exports), exports });
}

/** A sort and an index. Of core wasm only modules can be handed over, which no module of ours needs. */
function readItem(reader: BinaryReader, scope: Scope): Item {
  const { sort } = readSort(reader);
  if (sort === "core") refuse("component types");
  return itemAt(scope, sort, reader.u32());
}

/** Components that instantiate each other could make any number of instances. */
function addInstances(scope: Scope, more: number): void {
  scope.count("instances", more);
  scope.instances += more;
}

function checkImport(reader: BinaryReader, scope: Scope): void {
  scope.count("items", 1);
  readExternName(reader);
  addItem(scope, readExternType(reader, scope));
}

function checkExport(reader: BinaryReader, scope: Scope): void {
  scope.count("items", 1);
  const name = readExternName(reader);
  const item = readItem(reader, scope);
  const exported = reader.tag(1) === 1 ? { ...item, ...readExternType(reader, scope) } : item;
  if (exported.sort !== item.sort) throw new BinaryError(`exports ${name} as what it is not`);
  addItem(scope, exported);
  addExport(scope.exports, name, exported);
}

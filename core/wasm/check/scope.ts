import { BinaryError } from "../binary.ts";
import { checkBound, type Count } from "./bounds.ts";

/** Sorts of a component, by their byte. Source: component-model, design/mvp/Binary.md. */
export const SORTS = ["core", "function", "value", "type", "component", "instance"] as const;
export type Sort = (typeof SORTS)[number];

/** Sorts of core wasm, by their byte. */
export const CORE_SORT_BY_BYTE: ReadonlyMap<number, string> = new Map([
  [0x00, "core function"],
  [0x01, "core table"],
  [0x02, "core memory"],
  [0x03, "core global"],
  [0x11, "core module"],
  [0x12, "core instance"],
]);

/** Something with an index. Types grow by naming each other: what matters is how long one is when it is written out. */
export interface Item {
  readonly sort: Sort;
  /** Parts of its type, written out. */
  readonly weight: number;
  /** Of a type or a function: what it is, such as `record<key:string,value:string>`; undefined of others and of long ones. */
  readonly shape?: string | undefined;
  /** Of an instance, a component, or the type of an instance. */
  readonly exports?: ReadonlyMap<string, Item>;
  /** Of a component: instances that are made when it is instantiated. */
  readonly instances?: number;
}

/** A component, or the type of an instance, while it is read: all that it has by index, in the order of the file. */
export interface Scope {
  readonly count: Count;
  readonly outer: Scope | undefined;
  readonly itemsBySort: Readonly<Record<Sort, Item[]>>;
  readonly countByCoreSort: Map<string, number>;
  readonly exports: Map<string, Item>;
  /** Instances that are made when it is instantiated. */
  instances: number;
}

/** What is counted in it is counted for all around it, too. */
export function openScope(count: Count, outer?: Scope): Scope {
  return {
    count,
    outer,
    itemsBySort: { core: [], function: [], value: [], type: [], component: [], instance: [] },
    countByCoreSort: new Map(),
    exports: new Map(),
    instances: 0,
  };
}

/** Gives an item the next index of its sort. */
export function addItem(scope: Scope, item: Item): void {
  checkBound("typeWeight", item.weight);
  scope.count("typeTotal", item.weight);
  scope.itemsBySort[item.sort].push(item);
}

/** What has this index. Nothing may name what comes after it, so that nothing holds itself. */
export function itemAt(scope: Scope, sort: Sort, index: number): Item {
  const item = scope.itemsBySort[sort][index];
  if (item !== undefined) return item;
  throw new BinaryError(`names ${sort} ${index} before there is one`);
}

/** Gives something of core wasm the next index of its sort. */
export function addCore(scope: Scope, sort: string): void {
  scope.countByCoreSort.set(sort, (scope.countByCoreSort.get(sort) ?? 0) + 1);
}

/** @throws {BinaryError} when nothing of this sort has this index yet. */
export function checkCoreIndex(scope: Scope, sort: string, index: number): void {
  if (index >= (scope.countByCoreSort.get(sort) ?? 0)) {
    throw new BinaryError(`names ${sort} ${index} before there is one`);
  }
}

/** Adds what an export, or an instance's list of exports, calls by this name. */
export function addExport(exports: Map<string, Item>, name: string, item: Item): void {
  if (exports.has(name)) throw new BinaryError(`exports ${name} twice`);
  exports.set(name, item);
}

/** Parts of all that is exported. */
export function sumWeights(exports: ReadonlyMap<string, Item>): number {
  let sum = 1;
  for (const { weight } of exports.values()) sum += weight;
  return sum;
}

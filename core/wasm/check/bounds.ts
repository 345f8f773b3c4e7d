import { BinaryError } from "../binary.ts";

/**
 * The most that a component may have, itself and all that is nested in it. Each is several times what the largest that
 * our templates make has, a JavaScript engine, and little enough for compilers and for the guest.
 */
export const BOUNDS = {
  bytes: { most: 16 * 2 ** 20, what: "bytes" },
  nesting: { most: 8, what: "levels of components in each other" },
  sections: { most: 5_000, what: "sections" },
  modules: { most: 64, what: "core modules" },
  components: { most: 128, what: "components" },
  instances: { most: 512, what: "instances, counted wherever one is made" },
  items: { most: 20_000, what: "imports, exports, aliases and arguments" },
  nameLength: { most: 256, what: "characters in one name" },
  types: { most: 10_000, what: "types" },
  typeNesting: { most: 8, what: "levels of types defined in each other" },
  typeWeight: { most: 5_000, what: "parts of one type, written out" },
  typeTotal: { most: 100_000, what: "parts of all types, written out" },
  functions: { most: 50_000, what: "functions" },
  functionBytes: { most: 256 * 1024, what: "bytes in one function" },
  parameters: { most: 128, what: "parameters or results of one function" },
  locals: { most: 4_000, what: "locals in one function" },
  blocks: { most: 2_000, what: "blocks in each other" },
  blockLocals: { most: 4_000_000, what: "blocks times locals in one function" },
  branches: { most: 4_000, what: "branches in one br_table" },
  globals: { most: 2_000, what: "globals" },
  tables: { most: 64, what: "tables" },
  tableEntries: { most: 100_000, what: "entries of tables" },
  memories: { most: 32, what: "memories" },
  segments: { most: 50_000, what: "data and element segments" },
  customSections: { most: 128, what: "custom sections" },
  customBytes: { most: 2 ** 20, what: "bytes of custom sections" },
} as const satisfies Record<string, { readonly most: number; readonly what: string }>;

export type Bound = keyof typeof BOUNDS;

/** Holds one number against its bound. @throws {BinaryError} */
export function checkBound(bound: Bound, value: number): void {
  const { most, what }: { most: number; what: string } = BOUNDS[bound];
  if (value > most) throw new BinaryError(`has more than ${most} ${what}`);
}

/** Adds to what a component has of something. @throws {BinaryError} when it is too much. */
export type Count = (bound: Bound, more: number) => void;

/** Counts for one component and all that is nested in it. */
export function openCount(): Count {
  const sums = new Map<Bound, number>();
  return (bound, more) => {
    const sum = (sums.get(bound) ?? 0) + more;
    checkBound(bound, sum);
    sums.set(bound, sum);
  };
}

import type { Item } from "./scope.ts";

/** A type, or part of one: how long it is and what it is, both written out. */
export type Written = Pick<Item, "weight" | "shape">;

/** A part that is not there. */
export const NOTHING: Written = { weight: 1, shape: "_" };

/** Of what is longer nobody wants to know: some four times what the longest type of world.wit has. */
const MOST_CHARACTERS = 4096;

/** A type around its parts, such as `list<string>`. */
export function write(form: string, { weight, shape }: Written): Written {
  return { weight, shape: shape === undefined ? undefined : bound(`${form}<${shape}>`) };
}

/** A field or a case. */
export function named(label: Written, type: Written): Written {
  return fold([label, type], ":");
}

/** Parts one after the other. */
export function join(parts: readonly Written[]): Written {
  return fold(parts, ",");
}

function fold(parts: readonly Written[], between: string): Written {
  let weight = 0;
  for (const part of parts) weight += part.weight;
  const shapes = parts.map(({ shape }) => shape);
  return { weight, shape: shapes.includes(undefined) ? undefined : bound(shapes.join(between)) };
}

function bound(shape: string): string | undefined {
  return shape.length > MOST_CHARACTERS ? undefined : shape;
}

import { closestMatch } from "leven";
import * as z from "zod";

/** An object without unknown keys; a misspelt one is answered with the known key that is closest. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      return issue.keys.map((key) => suggestKey(key, Object.keys(shape))).join("; ");
    },
  });
}

/** What is said of a key that isn't among those that are known. */
export function suggestKey(key: string, known: readonly string[]): string {
  const closest = closestMatch(key, known, { maxDistance: 4 });
  return closest === undefined ? `unknown key "${key}"` : `unknown key "${key}", did you mean "${closest}"?`;
}

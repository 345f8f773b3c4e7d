import { closestMatch } from "leven";
import * as z from "zod";

/** An object without unknown keys; a misspelt one is answered with the known key that is closest. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      const hints = issue.keys.map((key) => {
        const closest = closestMatch(key, Object.keys(shape), { maxDistance: 4 });
        return closest === undefined
          ? `unknown key "${key}"`
          : `unknown key "${key}", did you mean "${closest}"?`;
      });
      return hints.join("; ");
    },
  });
}

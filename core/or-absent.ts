import * as z from "zod";

/** A field that may be absent. null is Go's way to write that, and how CNI-Genie read it. */
export const orAbsent = <T extends z.ZodType>(type: T) =>
  type
    .nullish()
    .transform((given) => given ?? undefined)
    .optional();

import * as z from "zod";
import { toLine } from "../../core/printable.ts";

/** Text of a catalogue: one line of bounded length in which nothing steers a terminal. */
export function line(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((text) => toLine(text) === text, "must be one line without control characters");
}

/** Any text as `line` takes it. */
export function toBoundedLine(text: string, maxLength: number): string {
  return toLine(text).slice(0, maxLength).toWellFormed().trim();
}

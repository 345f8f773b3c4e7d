import { Failure } from "../errors.ts";
import { toLine } from "../printable.ts";

const SHOWN = 128;

/**
 * In a value that a job's author wrote, a semicolon begins what looks like the runtime's own word.
 *
 * @param isMeant of which keys CNI_ARGS may say one thing only. @param unknown what nobody knows when they say two.
 * @throws {Failure} invalidEnvironment when they say two things.
 */
export function requireOneWord(args: string, isMeant: (key: string) => boolean, unknown: string): void {
  const keys = [...new Set(args.split(";"))].flatMap((pair) =>
    pair.includes("=") ? pair.split("=", 1) : [],
  );
  const twice = keys.find((key, at) => isMeant(key) && keys.indexOf(key) < at);
  if (twice === undefined) return;
  throw new Failure(
    "invalidEnvironment",
    `CNI_ARGS: ${toLine(twice.slice(0, SHOWN))} is there twice, with two values`,
    {
      details: `so that nobody knows ${unknown}: no value may have a semicolon`,
    },
  );
}

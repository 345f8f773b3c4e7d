import { unlessCode } from "../../core/missing.ts";
import { readBounded } from "../file/bounded-file.ts";

/** As `readBounded` says it. */
export const NOT_A_FILE = "is not a file";

/** As readBounded; a link that ends nowhere is no system error, but a damaged file as others. */
export async function readStored(file: string, maxBytes: number): Promise<Buffer | string> {
  return (await unlessCode(readBounded(file, maxBytes), ["ELOOP"])) ?? "is a link that leads to itself";
}

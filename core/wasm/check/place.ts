import { BinaryError, type BinaryReader } from "../binary.ts";

/** Runs `read`, and adds to the fault that it meets where that is; the innermost place counts. */
export function locate<T>(name: string, reader: BinaryReader, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BinaryError) error.where ??= `${name}, byte ${reader.place}`;
    throw error;
  }
}

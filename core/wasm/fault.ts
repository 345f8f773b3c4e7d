import { BinaryError } from "./binary.ts";

/** Why a component can't be a module, and how that is mended: for those who build it. */
export interface Fault {
  /** A sentence that goes on after "it", such as `imports wasi:cli/environment@0.2.0; a module may import nothing`. */
  readonly what: string;
  /** The section, the function and the byte, where that tells more than `what`. */
  readonly where?: string;
  /** What its author does about it. */
  readonly todo: string;
}

/** One sentence of a fault. */
export function formatFault({ what, where }: Fault): string {
  return where === undefined ? `it ${what}` : `it ${what} (${where})`;
}

/** The fault that `read` meets; undefined when there is none. */
export function catchFault(read: () => Fault | undefined): Fault | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
    const { message, where, todo = DAMAGED } = error;
    return { what: message, ...(where !== undefined && { where }), todo };
  }
}

const DAMAGED =
  "build it again: the file is damaged, or the tool that wrote it doesn't know components as they are today";

import { readSync, writeSync } from "node:fs";
import type { GuestPipe } from "../core/sandbox/guest/pipe.ts";

const STDIN = 0;
const STDOUT = 1;

/** The pipe to the host, as the standard streams of a confined process. */
export const guestPipe: GuestPipe = {
  read(buffer) {
    for (let filled = 0; filled < buffer.length;) {
      const count = readSync(STDIN, buffer, filled, buffer.length - filled, null);
      if (count === 0) return false;
      filled += count;
    }
    return true;
  },
  write(bytes) {
    for (let sent = 0; sent < bytes.length;) sent += writeSync(STDOUT, bytes, sent);
  },
};

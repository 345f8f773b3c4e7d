import { readSync, writeSync } from "node:fs";
import { runGuest } from "../core/sandbox/guest.ts";

const STDIN = 0;
const STDOUT = 1;

// The glue looks for its debug switch at every step; node's own `process.env` is slow to ask.
process.env = {};

runGuest({
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
});

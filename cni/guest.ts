import { runGuest } from "../core/sandbox/guest/guest.ts";
import { guestPipe } from "./guest-pipe.ts";

// The glue looks for its debug switch at every step; node's own `process.env` is slow to ask.
process.env = {};

runGuest(guestPipe);

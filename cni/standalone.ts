/** `genie-standalone`: the whole plugin in one process. */
import { runCall } from "./call.ts";
import { openAddPorts, openDelPorts, openUndoPorts } from "./ports.ts";

void runCall({ add: openAddPorts, del: openDelPorts, undo: openUndoPorts });

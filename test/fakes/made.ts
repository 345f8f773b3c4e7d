import type { Made } from "../../core/delegate/attach-all.ts";
import type { Target } from "../../core/intent/intent.ts";
import type { JsonObject } from "../../core/spec/json.ts";
import { parseNetwork } from "../../core/spec/network.ts";
import { makeDecision } from "./decision.ts";

/** An attachment to the network `blue`, as it was made for a wish. */
export function makeMade(ifName: string, result: JsonObject, target: Target = { wants: "first" }): Made {
  return {
    planned: {
      wish: { from: "a test", target, ifName: undefined },
      ifNames: [ifName],
      networks: [],
      decision: makeDecision(),
    },
    ifName,
    network: parseNetwork('{"cniVersion":"1.0.0","name":"blue","type":"blue"}'),
    definition: undefined,
    result,
  };
}

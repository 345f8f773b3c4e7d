/** The corpus through our own passing of values and through jco's glue: each call ends alike. */
import { expect, test } from "vitest";
import type { Arguments } from "../../core/sandbox/guest/abi/lower.ts";
import { evaluateGlue } from "../../core/sandbox/guest/evaluate-glue.ts";
import { callModule } from "../../core/sandbox/guest/instance.ts";
import { loadModule } from "../../core/sandbox/guest/loaded-module.ts";
import { GLUE, LIFT } from "../../core/sandbox/wire/message.ts";
import { capMemories } from "../../core/wasm/memory.ts";
import { canWait } from "../../core/wasm/waiting.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { compileModule, TRICKS } from "./corpus.ts";

const MEMORY_BYTES = 2 ** 20;

/** What doesn't loop, so that it can run here. */
const QUICK = TRICKS.filter(
  ({ name, outcome }) => outcome !== "timeout" && outcome !== "wrongWorld" && name !== "realloc-odd", // jco takes any address
);

test.each(QUICK.map(({ name, kind = "scorer" }) => ({ name, kind })))(
  "$name ends alike",
  async ({ name, kind }) => {
    const made = await transpile(await compileModule(name, kind), TRANSPILING);
    if (made.outcome !== "ok") throw new Error(made.detail);
    const { [LIFT]: lift, [GLUE]: glue, ...cores } = Object.fromEntries(made.value);
    const capped = capMemories(new Map(Object.entries(cores)), MEMORY_BYTES);
    if (capped.outcome !== "ok") return expect(name).toBe("memory-at-start");
    const rest: [string, Uint8Array | undefined][] = [[GLUE, glue], ...capped.value];
    const [ours, theirs] = [[...rest, [LIFT, lift]], rest].map((records) => {
      const loaded = loadModule(
        { kind, memoryBytes: MEMORY_BYTES, canWait: [...capped.value.values()].every(canWait) },
        new Map(records as [string, Uint8Array][]),
        evaluateGlue,
      );
      if (loaded.outcome !== "ok") throw new Error(loaded.detail);
      const candidates = makeOrdinaryCandidates(3);
      const args: Arguments = [makeRequest({ candidates }), kind === "scorer" ? undefined : []];
      const { way } = loaded.value;
      const said = callModule(loaded.value, { args, maxItems: 3 });
      if (way.by === "abi") way.plain.prepareInstance();
      expect(callModule(loaded.value, { args, maxItems: 3 }), "out of the next instance").toEqual(said);
      return { by: way.by, ...said };
    });
    expect(ours).toMatchObject({ by: "abi", outcome: theirs?.outcome });
    expect(theirs?.by).toBe("glue");
  },
);

/** Annotations that a pod's owner may write, by the thousand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../config.ts";
import { Failure } from "../../errors.ts";
import { planInterfaceNames } from "../interface-names.ts";
import { readIntent } from "../read.ts";
import { element } from "./element.ts";
import { ANY_NETWORK, DEFAULT_NETWORK, LABELLED_NETWORKS, NETWORKS } from "./keys.ts";

const config = parseConfig(JSON.stringify({ name: "genie", type: "genie" }));
const pod = { namespace: "shop", name: "web", uid: "u1" };
/** Far more than any text takes, on a busy machine. */
const MOST_MS = 2_000;

function plan(annotations: ReadonlyMap<string, string>): object {
  try {
    const intent = readIntent(annotations, { pod, config });
    return { intent, named: planInterfaceNames(intent, { called: "eth0", taken: new Set() }) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: error.kind, message: error.message };
  }
}

const keys = fc.constantFrom(NETWORKS, DEFAULT_NETWORK, LABELLED_NETWORKS);
const fields = fc.constantFrom(...Object.keys(element.shape), "__proto__", "org.x.y", "nmae");
const name = fc.constantFrom("blue", "red.v2", ANY_NETWORK, "Blue", "");
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  name,
  fc.constantFrom(["10.0.0.1"], "02:00:00:00:00:01", "net7", {}),
);
const elements = fc.array(
  fc
    .array(fc.tuple(fields, values), { maxLength: 6 })
    .chain((pairs) => name.map((own) => Object.fromEntries([["name", own], ...pairs]))),
  { maxLength: 6 },
);
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...Array.from('[]{}",:/@ab1\\ \u200b，')) }),
  elements.map((all) => JSON.stringify(all)),
  fc.array(name).map((names) => names.join(",")),
);

test("no text crashes, all have an answer soon, and twice the same", () => {
  const asked = fc.dictionary(keys, texts, { minKeys: 1 });
  fc.assert(
    fc.property(asked, (written) => {
      const annotations = new Map(Object.entries(written));
      const startedMs = performance.now();
      const first = plan(annotations);
      expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
      expect(plan(annotations)).toEqual(first);
      if ("message" in first)
        expect(first).toMatchObject({
          kind: "invalidConfig",
          message: expect.stringContaining('annotation "'),
        });
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, string]>([
  ["a mebibyte of commas", ",".repeat(2 ** 20)],
  ["as many commas as fit", ",".repeat(2 ** 18)],
  ["open lists", "[".repeat(2 ** 18)],
  ["quotes", '["'.repeat(2 ** 17)],
  ["backslashes", `["${"\\".repeat(2 ** 18 - 4)}`],
  ["unknown keys", `[{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join(",")}}]`],
  ["addresses", JSON.stringify([{ name: "a", ips: Array.from({ length: 20_000 }, () => "::1::") }])],
  ["a long name", JSON.stringify([{ name: "a-".repeat(2 ** 16) }])],
  [
    "a selector of spaces",
    JSON.stringify([{ name: ANY_NETWORK, "io.github.cni-genie.selector": `a${" ".repeat(1_000)}!` }]),
  ],
])("%s are refused soon", (_, text) => {
  const startedMs = performance.now();
  expect(plan(new Map([[NETWORKS, text]]))).toMatchObject({ kind: "invalidConfig" });
  expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
});

import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Failure } from "../../core/errors.ts";
import { openScripted, startScriptedApi } from "../../test/fakes/scripted-api.ts";

const REF = { namespace: "default", name: "web-1" };
const EVENT = { type: "Normal", reason: "NetworkChosen", message: "Genie chose blue" } as const;
const never = new AbortController().signal;

const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());

/** Names that are read by us or by the library. */
const NAMES = [
  "metadata",
  "spec",
  "items",
  "continue",
  "annotations",
  "labels",
  "ownerReferences",
  "containers",
];
const part = fc.dictionary(fc.constantFrom(...NAMES, "__proto__"), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 4,
});
const json = fc.oneof(
  fc.jsonValue(),
  fc.record({ metadata: part, spec: part, details: part, items: fc.array(part) }),
);

test("whatever a server answers with whichever status, it is understood or it is a failure", async () => {
  const status = fc.constantFrom(200, 201, 301, 400, 401, 403, 404, 409, 422);
  await fc.assert(
    fc.asyncProperty(status, json, async (answered, body) => {
      api.script({ status: answered, body: JSON.stringify(body) });
      const cluster = await openScripted(api);
      const pod = { ...REF, uid: "u-1" };
      const outcomes = await Promise.allSettled([
        cluster.findPod(REF, never),
        cluster.findDefinition(REF, never),
        cluster.listDefinitions("default", never),
        cluster.findLogicalNetwork(REF, never),
        cluster.findPhysicalNetwork(REF, never),
        cluster.annotatePod(pod, { a: "b" }, never),
        cluster.recordEvent(pod, EVENT, never),
      ]);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(Failure);
    }),
    { numRuns: 100 },
  );
});

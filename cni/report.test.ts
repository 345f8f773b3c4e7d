import { expect, test } from "vitest";
import { Failure } from "../core/errors.ts";
import { type FakeCluster, makeCluster, makePodObject } from "../test/fakes/cluster.ts";
import { report } from "./report.ts";

const POD = { namespace: "shop", name: "web", uid: "u1" };
const EVENT = { type: "Normal", reason: "NetworkChosen", message: "Genie chose blue" } as const;
const signal = new AbortController().signal;

/** What is logged meanwhile. */
async function run(notes: Parameters<typeof report>[0], cluster: FakeCluster | undefined) {
  const warnings: string[] = [];
  const log = { warn: (_: unknown, message: string) => void warnings.push(message) };
  await report(notes, { cluster, log, signal });
  return warnings;
}

test("all annotations are written at once, and events beside them", async () => {
  const annotations = { a: "1", b: "2" };
  const cluster = makeCluster({ pods: [makePodObject()] });
  expect(await run({ pod: POD, annotations, events: [EVENT] }, cluster)).toEqual([]);
  expect(cluster.takeCalls()).toEqual(["annotatePod shop/web", "recordEvent shop/web"]);
  expect(cluster.events).toEqual([EVENT]);
  expect(cluster.annotated.get("shop/web")).toEqual(annotations);
});

test.each([
  ["nothing to tell", { pod: POD, annotations: {}, events: [] }],
  ["no name of a pod", { pod: { ...POD, name: "" }, annotations: { a: "1" }, events: [] }],
])("with %s, nobody is asked", async (_, notes) => {
  const cluster = makeCluster();
  expect(await run(notes, cluster)).toEqual([]);
  expect(cluster.takeCalls()).toEqual([]);
});

test("without a cluster, nothing is written", async () => {
  expect(await run({ pod: POD, annotations: { a: "1" }, events: [] }, undefined)).toEqual([]);
});

test("an event that can't be recorded keeps no annotation from being written", async () => {
  const cluster = makeCluster({ pods: [makePodObject()] });
  cluster.fail(["recordEvent"], new Failure("tryAgainLater", "down"));
  const warnings = await run({ pod: POD, annotations: { a: "1" }, events: [EVENT, EVENT] }, cluster);
  expect(warnings).toEqual(["the pod's event is not written", "the pod's event is not written"]);
  expect(cluster.annotated.size).toBe(1);
});

test.each<[string, (cluster: FakeCluster) => FakeCluster, RegExp]>([
  ["a pod that is gone", (cluster) => cluster, /annotations are not written/],
  ["a failure", failing, /not written/],
  [
    "a bug",
    (cluster) => ({ ...cluster, annotatePod: () => Promise.reject(new TypeError("x")) }),
    /not written/,
  ],
])("%s is logged, and the call stays a success", async (_, spoil, warning) => {
  const warnings = await run({ pod: POD, annotations: { a: "1" }, events: [] }, spoil(makeCluster()));
  expect(warnings).toEqual([expect.stringMatching(warning)]);
});

function failing(cluster: FakeCluster): FakeCluster {
  cluster.fail(["annotatePod"], new Failure("tryAgainLater", "down"));
  return cluster;
}

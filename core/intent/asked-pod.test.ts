import { expect, test } from "vitest";
import type { PodObject } from "../cluster.ts";
import { makeCluster, makePodObject } from "../../test/fakes/cluster.ts";
import { askForPod } from "./asked-pod.ts";

const POD = { namespace: "shop", name: "web", uid: "u1" };
const signal = new AbortController().signal;

function ask(uid: string, shown: Partial<PodObject> | undefined) {
  const cluster = makeCluster({ pods: shown ? [makePodObject(shown)] : [] });
  return askForPod({ ...POD, uid }, { cluster, signal });
}

const MIRROR = "kubernetes.io/config.mirror";

test.each<[string, string, Partial<PodObject>]>([
  ["of the same UID", "u1", { uid: "u1" }],
  ["where the runtime says no UID", "", { uid: "u2" }],
  ["of which a mirror is shown", "u1", { uid: "u2", annotations: new Map([[MIRROR, "u1"]]) }],
  ["that came from a file", "u1", { uid: "u2", annotations: new Map([["kubernetes.io/config.hash", "u1"]]) }],
])("the pod %s is the one that is meant", async (_, uid, shown) => {
  expect(await ask(uid, shown)).toMatchObject(shown);
});

test.each<[string, Partial<PodObject> | undefined, RegExp]>([
  ["none", undefined, /has not the pod shop\/web/],
  ["another one", { uid: "u2" }, /has another pod in place of the pod shop\/web/],
  ["the mirror of another one", { uid: "u2", annotations: new Map([[MIRROR, "u3"]]) }, /has another pod/],
])("with %s there, the runtime is to try again", async (_, shown, message) => {
  await expect(ask("u1", shown)).rejects.toMatchObject({
    kind: "tryAgainLater",
    message: expect.stringMatching(message),
  });
});

test.each([{ namespace: "" }, { name: "" }, { namespace: "../x" }, { name: "a/b" }])(
  "a pod that can't be one (%j) isn't asked about",
  async (odd) => {
    const cluster = makeCluster({ pods: [makePodObject({})] });
    await expect(askForPod({ ...POD, ...odd }, { cluster, signal })).rejects.toMatchObject({
      kind: "tryAgainLater",
      message: "the API server has to be asked, and nobody knows about which pod",
    });
    expect(cluster.takeCalls()).toEqual([]);
  },
);

test("what the message shows is one short line", async () => {
  const uid = `\u001b[31m${"x".repeat(10_000)}`;
  const failure = (await ask("u1", { uid }).catch((error: unknown) => error)) as { details: string };
  expect(failure.details.length).toBeLessThan(300);
  expect(failure.details).not.toContain("\u001b");
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openScripted, type ScriptedApi, startScriptedApi } from "../../test/fakes/scripted-api.ts";

const POD = { namespace: "default", name: "web-1", uid: "u-1" };
const never = new AbortController().signal;

let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  api.asked.length = 0;
  api.answers = [{}];
});

test("a pod is annotated in one PATCH that holds for this very pod", async () => {
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b", c: null }, never)).toBe(true);
  expect(api.asked).toMatchObject([
    {
      line: "PATCH /api/v1/namespaces/default/pods/web-1",
      headers: { "content-type": "application/merge-patch+json" },
    },
  ]);
  expect(JSON.parse(api.asked[0]?.body ?? "")).toEqual({
    metadata: { uid: "u-1", annotations: { a: "b", c: null } },
  });
});

test("a pod that the node made by itself is annotated through its mirror", async () => {
  const mirror = { metadata: { uid: "m-1", annotations: { "kubernetes.io/config.mirror": "u-1" } } };
  api.answers = [{ status: 409 }, { body: mirror }, { body: {} }];
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b" }, never)).toBe(true);
  expect(JSON.parse(api.asked[2]?.body ?? "")).toMatchObject({ metadata: { uid: "m-1" } });
});

test("another pod of the same name is left alone", async () => {
  api.answers = [{ status: 409 }, { body: { metadata: { uid: "another" } } }];
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b" }, never)).toBe(false);
  expect(api.asked.map(({ line }) => line.split(" ")[0])).toEqual(["PATCH", "GET"]);
});

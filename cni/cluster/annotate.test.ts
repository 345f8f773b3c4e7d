import { afterAll, beforeEach, expect, test } from "vitest";
import { openScripted, startScriptedApi } from "../../test/fakes/scripted-api.ts";

const POD = { namespace: "default", name: "web-1", uid: "u-1" };
const never = new AbortController().signal;

const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.script({}));

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

const OTHER = { kind: "Status", details: { causes: [{ field: "metadata.uid" }] } };
const shown = (uid: string, annotations = {}) => ({ body: { metadata: { uid, annotations } } });

test.each([
  ["today's", { status: 422, body: OTHER }],
  ["yesterday's", { status: 409 }],
])("a pod that the node made by itself is annotated through its mirror: %s server", async (_, answer) => {
  api.answers = [answer, shown("m-1", { "kubernetes.io/config.mirror": "u-1" }), {}];
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b" }, never)).toBe(true);
  expect(JSON.parse(api.asked[2]?.body ?? "")).toMatchObject({ metadata: { uid: "m-1" } });
});

test("another pod of the same name is left alone", async () => {
  api.answers = [{ status: 422, body: OTHER }, shown("another")];
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b" }, never)).toBe(false);
  expect(api.asked.map(({ line }) => line.split(" ")[0])).toEqual(["PATCH", "GET"]);
});

test("a pod to which somebody else wrote at the same time is written to again", async () => {
  api.answers = [{ status: 409 }, shown("u-1"), { status: 409 }, shown("u-1"), {}];
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b" }, never)).toBe(true);
  expect(api.asked).toHaveLength(5);
});

test("a pod to which others write all the time isn't said to be gone", async () => {
  api.answers = Array.from({ length: 5 }, () => [{ status: 409 }, shown("u-1")]).flat();
  await expect((await openScripted(api)).annotatePod(POD, { a: "b" }, never)).rejects.toMatchObject({
    kind: "tryAgainLater",
    message: expect.stringContaining("others do so all the time"),
  });
  expect(api.asked).toHaveLength(10);
});

test.each([
  ["of another field", { details: { causes: [{ field: "metadata.labels" }] } }],
  ["of an admission policy", { details: { causes: [{ message: "metadata.uid" }] } }],
  ["of nobody", { details: 5 }],
])("a refusal %s is a failure", async (_, body) => {
  api.answers = [{ status: 422, body }];
  await expect((await openScripted(api)).annotatePod(POD, { a: "b" }, never)).rejects.toMatchObject({
    kind: "tryAgainLater",
  });
});

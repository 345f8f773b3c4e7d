import { hostname } from "node:os";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openScripted, startScriptedApi } from "../../test/fakes/scripted-api.ts";

const POD = { namespace: "default", name: "web-1", uid: "u-1" };
const never = new AbortController().signal;

const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.script({}));

const fails = (details: object) => expect.objectContaining({ kind: "tryAgainLater", ...details });

test("an event that may have been recorded is not recorded twice", async () => {
  const event = { type: "Normal", reason: "NetworkChosen", message: "Genie chose blue" } as const;
  api.answers = [(response) => response.destroy(), { body: {} }];
  await expect((await openScripted(api)).recordEvent(POD, event, never)).rejects.toEqual(fails({}));
  expect(api.asked.length).toBe(1);
  api.answers = [{ status: 429 }, { body: {} }];
  await (await openScripted(api)).recordEvent(POD, event, never);
  expect(api.asked.length).toBe(3);
  expect(JSON.parse(api.asked[2]?.body ?? "")).toMatchObject({
    involvedObject: { kind: "Pod", name: "web-1", uid: "u-1" },
    ...event,
  });
});

test("a namespace that is being removed takes no event, and nobody lacks a right for that", async () => {
  const event = { type: "Normal", reason: "NetworkChosen", message: "Genie chose blue" } as const;
  const ending = { reason: "NamespaceTerminating", field: "metadata.namespace" };
  api.answers = [{ status: 403, body: { details: { causes: [ending] } } }];
  await (await openScripted(api)).recordEvent(POD, event, never);
  api.answers = [{ status: 403, body: { details: { causes: [{ field: "metadata.namespace" }] } } }];
  await expect((await openScripted(api)).recordEvent(POD, event, never)).rejects.toEqual(
    fails({ details: expect.stringContaining('verb "create" on resource "events"') }),
  );
});

/** As Kubernetes writes one. */
const tokenOf = (claims: string) => `e30.${Buffer.from(claims).toString("base64url")}.c2ln`;

test.each([
  ["the node to which the token is bound", tokenOf('{"kubernetes.io":{"node":{"name":"n1"}}}'), "n1"],
  ["the host, where the token says of none", tokenOf('{"kubernetes.io":{"pod":{"name":"a"}}}'), hostname()],
  ["the host, where the token is none of a service account", "secret", hostname()],
  ["the host, where its claims are none", tokenOf('{"kubernetes.io":{"node":{"name":5}}}'), hostname()],
])("an event is from %s", async (_, token, host) => {
  api.answers = [{ body: {} }];
  const event = { type: "Normal", reason: "NetworkChosen", message: "x" } as const;
  await (await openScripted(api, { user: { token } })).recordEvent(POD, event, never);
  expect(JSON.parse(api.asked[0]?.body ?? "")).toMatchObject({ source: { component: "genie", host } });
});

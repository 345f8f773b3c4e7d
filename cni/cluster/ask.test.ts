/** What no real API server does on demand; test/cluster has what one does. */
import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openScripted, startScriptedApi } from "../../test/fakes/scripted-api.ts";

const REF = { namespace: "default", name: "web-1" };
const SHOWN = { metadata: { ...REF, uid: "u-1" } };
const POD = { ...REF, uid: "u-1" };
const never = new AbortController().signal;

const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.script({ body: SHOWN }));

const fails = (details: object) => expect.objectContaining({ kind: "tryAgainLater", ...details });

test.each([301, 302, 307, 308])(
  "a redirect (%d) is not followed, and the token goes nowhere else",
  async (status) => {
    api.answers = [{ status, headers: { location: `${api.url}/elsewhere` } }];
    await expect((await openScripted(api)).findPod(REF, never)).rejects.toEqual(
      fails({ message: `the API server answers ${status} to get pods in namespace default` }),
    );
    expect(api.asked.length).toBe(1);
  },
);

test("a denial names the permission that is missing, and is no more tried", async () => {
  api.answers = [{ status: 403, body: { message: "pods is\u001b[31m forbidden".padEnd(5000, "!") } }];
  const asked = (await openScripted(api)).findDefinition({ namespace: "default", name: "blue" }, never);
  const failure = await asked.catch((error: unknown) => error);
  expect(failure).toEqual(
    fails({
      message:
        "the API server denies genie's user to get network-attachment-definitions in namespace default (403)",
      details: expect.stringContaining(
        'RBAC: it lacks verb "get" on resource "network-attachment-definitions" of API group "k8s.cni.cncf.io"',
      ),
    }),
  );
  expect((failure as { details: string }).details).not.toContain("\u001b");
  expect((failure as { details: string }).details.length).toBeLessThan(500);
  expect(api.asked.length).toBe(1);
});

test.each([429, 500, 502, 503, 504])("%d passes: the question is put again", async (status) => {
  api.answers = [{ status }, { status }, { body: SHOWN }];
  expect(await (await openScripted(api)).findPod(REF, never)).toMatchObject({ uid: "u-1" });
  expect(api.asked.length).toBe(3);
});

test.each([400, 401, 405, 410, 422])("%d doesn't pass: the question is put once", async (status) => {
  api.answers = [{ status }];
  await expect((await openScripted(api)).findPod(REF, never)).rejects.toEqual(fails({}));
  expect(api.asked.length).toBe(1);
});

test("a connection that is lost is made anew", async () => {
  api.answers = [(response) => response.destroy(), cutShort, { body: SHOWN }];
  expect(await (await openScripted(api)).findPod(REF, never)).toMatchObject({ uid: "u-1" });
  expect(api.asked.length).toBe(3);
});

test("a pod that has its networks doesn't wait for a server that is away", async () => {
  api.answers = [(response) => response.destroy(), { body: {} }];
  expect(await (await openScripted(api)).annotatePod(POD, { a: "b" }, never)).toBe(true);
  api.script((response) => response.destroy());
  const told = (await openScripted(api)).annotatePod(POD, { a: "b" }, never);
  await expect(told).rejects.toEqual(fails({ message: expect.stringContaining("can't be reached") }));
  expect(api.asked.length).toBe(2);
});

function cutShort(response: ServerResponse): void {
  response.writeHead(200, { "content-length": "1000" });
  response.write("{");
  setTimeout(() => response.destroy(), 50);
}

test("a server that wants more time than there is ends the call at once", async () => {
  api.answers = [{ status: 429, headers: { "retry-after": "60" } }];
  await expect((await openScripted(api)).findPod(REF, never)).rejects.toEqual(
    fails({ message: "the API server answers 429 to get pods in namespace default" }),
  );
  expect(api.asked.length).toBe(1);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["never answers", () => undefined],
  ["never ends its answer", (response) => response.writeHead(200).write("{")],
])("a server that %s holds a call no longer than its deadline", async (_, answer) => {
  api.answers = [answer];
  const cluster = await openScripted(api);
  const startedMs = performance.now();
  const told = cluster.annotatePod(POD, { a: "b" }, never);
  const asked = cluster.findPod(REF, never);
  await expect(told).rejects.toEqual(fails({ message: "the API server did not answer within 2000 ms" }));
  await expect(asked).rejects.toEqual(fails({ message: "the API server did not answer within 5000 ms" }));
  // The time is that of all questions together.
  await expect(cluster.findDefinition(REF, never)).rejects.toEqual(fails({}));
  expect(performance.now() - startedMs).toBeLessThan(15_000);
});

test("the end of the call ends the question", async () => {
  api.answers = [() => undefined];
  const controller = new AbortController();
  const asked = (await openScripted(api)).findPod(REF, controller.signal);
  setTimeout(() => controller.abort(new Error("ended by SIGTERM")), 100);
  await expect(asked).rejects.toEqual(fails({ message: expect.stringContaining("was ended") }));
});

test("a service account's token is read anew for each question", async () => {
  const tokenFile = path.join(api.folder, "token");
  await writeFile(tokenFile, "first\n");
  const cluster = await openScripted(api, { user: { tokenFile: "token" } });
  await cluster.findPod(REF, never);
  await writeFile(tokenFile, "second\n");
  await cluster.findPod(REF, never);
  expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
});

test("a token that ended while the question was put is replaced by its successor", async () => {
  const tokenFile = path.join(api.folder, "token");
  await writeFile(tokenFile, "old");
  const renew = (response: ServerResponse) =>
    void writeFile(tokenFile, "new").then(() => response.writeHead(401).end("{}"));
  api.answers = [renew, { body: SHOWN }];
  expect(await (await openScripted(api, { user: { tokenFile } })).findPod(REF, never)).toMatchObject({
    uid: "u-1",
  });
  expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
});

test.each(["a\r\nx-injected: 1", "two words", ""])(
  "a token file that holds %j sends nothing",
  async (token) => {
    await writeFile(path.join(api.folder, "token"), token);
    await expect(
      (await openScripted(api, { user: { tokenFile: "token" } })).findPod(REF, never),
    ).rejects.toEqual(fails({}));
    expect(api.asked).toEqual([]);
  },
);

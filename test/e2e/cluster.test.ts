/** The built plugin and an API server. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { unlessMissing } from "../../core/missing.ts";
import { writeKubeconfig } from "../fakes/kubeconfig.ts";
import type { ScriptedApi } from "../fakes/scripted-api.ts";
import { addNamespace, listLinks, type NetworkNamespace } from "../setup/namespace.ts";
import type { Relay } from "../setup/relay.ts";
import { callGenie, makeNode, readDecisions, type TestNode, withAnnotations } from "./node.ts";
import { startNodeApi } from "./node-api.ts";

const ARGS = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-1;K8S_POD_UID=u-1";
const shown = (annotations: object, uid = "u-1") => ({ body: { metadata: { uid, annotations } } });

const undo = new AsyncDisposableStack();
let node: TestNode;
let api: ScriptedApi;
let relay: Relay;
let kubernetes: { readonly kubeconfig: string };
beforeAll(async () => {
  node = undo.use(await makeNode());
  const { kubeconfig, ...there } = await startNodeApi(node, undo);
  ({ api, relay } = there);
  kubernetes = { kubeconfig };
});
afterAll(() => undo.disposeAsync());
beforeEach(() => api.script({}));

const call = (verb: "ADD" | "DEL", pod: NetworkNamespace, fields: object = { runtimeConfig: {} }) =>
  callGenie(node, { verb, pod, args: ARGS, stdin: node.config({}, { kubernetes, ...fields }) });
const lines = () => api.asked.map(({ line }) => line);

test("annotations that nobody handed over are asked for once, and nothing else is", async () => {
  await using pod = await addNamespace();
  api.answers = [shown({ cni: "green" })];
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await readDecisions(node)).at(-1)).toMatchObject({ ranking: [{ network: "green" }] });
  expect(lines()).toEqual(["GET /api/v1/namespaces/default/pods/web-1"]);
  expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
  expect(lines()).toHaveLength(1);
});

test("annotations that were handed over need no API server, nor does a configuration without one", async () => {
  const before = relay.calls();
  for (const fields of [withAnnotations({ cni: "blue" }), withAnnotations(null), { kubernetes: undefined }]) {
    await using pod = await addNamespace();
    expect(await call("ADD", pod, fields)).toMatchObject({ exitCode: 0 });
    expect(await call("DEL", pod, fields)).toMatchObject({ exitCode: 0 });
  }
  expect(relay.calls()).toBe(before);
});

test("what the pod is told is written in one PATCH, on the connection of the GET", async () => {
  await using pod = await addNamespace();
  const before = relay.calls();
  api.answers = [shown({ cni: "blue,green" }), {}];
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(lines()).toEqual([
    "GET /api/v1/namespaces/default/pods/web-1",
    "PATCH /api/v1/namespaces/default/pods/web-1",
  ]);
  expect(JSON.parse(api.asked[1]?.body ?? "")).toEqual({
    metadata: {
      uid: "u-1",
      annotations: { "multi-ip-preferences": expect.stringContaining('"multi_entry":2') },
    },
  });
  expect(relay.calls()).toBe(before + 1);
  await call("DEL", pod);
});

test("what genie chose is written back, and an event says why", async () => {
  await using pod = await addNamespace();
  api.answers = [shown({ cni: "" }), {}];
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 0, stderr: "" });
  const told = api.asked.toSorted((a, b) => (a.line < b.line ? -1 : 1));
  expect(told.map(({ line }) => line)).toEqual([
    "GET /api/v1/namespaces/default/pods/web-1",
    "PATCH /api/v1/namespaces/default/pods/web-1",
    "POST /api/v1/namespaces/default/events",
  ]);
  expect(JSON.parse(told[1]?.body ?? "")).toMatchObject({ metadata: { annotations: { cni: "blue" } } });
  expect(JSON.parse(told[2]?.body ?? "")).toMatchObject({
    involvedObject: { kind: "Pod", namespace: "default", name: "web-1", uid: "u-1" },
    type: "Normal",
    reason: "NetworkChosen",
    message: expect.stringMatching(/^Genie chose blue over \w+ and 1 more: first-fit$/),
  });
  await call("DEL", pod);
});

test("a pod that can't be told has its networks all the same, and a warning says so", async () => {
  await using pod = await addNamespace();
  api.answers = [shown({ cni: "blue,green" }), { status: 403, body: { message: "no" } }];
  const { exitCode, stderr } = await call("ADD", pod);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('lacks verb \\"patch\\" on resource \\"pods\\"');
  expect(stderr).not.toContain("secret-1");
  expect(await listLinks(pod)).toHaveLength(2);
  await call("DEL", pod);
});

test("an API server that doesn't answer a PATCH holds the runtime for two seconds", async () => {
  await using pod = await addNamespace();
  api.answers = [shown({ cni: "blue,green" }), () => undefined];
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("2000 ms") });
  await call("DEL", pod);
});

test.each<[string, ScriptedApi["answers"][number], string]>([
  ["has no such pod", { status: 404 }, "has not the pod default/web-1"],
  ["has another pod of that name", shown({ cni: "blue" }, "u-2"), "another pod"],
  ["denies", { status: 403 }, "denies genie's user to get pods in namespace default"],
  ["doesn't know us", { status: 401 }, "doesn't know genie's user"],
  ["answers with no pod", { body: "<html>" }, "no JSON object"],
  ["never answers", () => undefined, "did not answer within 5000 ms"],
])("when the API server %s, the runtime tries again, and nothing is attached", async (_, answer, words) => {
  await using pod = await addNamespace();
  api.answers = [answer];
  const { exitCode, answer: said } = await call("ADD", pod);
  expect([exitCode, said]).toEqual([
    1,
    expect.objectContaining({ code: 11, msg: expect.stringContaining(words) }),
  ]);
  expect(JSON.stringify(said)).not.toContain("secret-1");
  expect(await listLinks(pod)).toEqual([]);
});

test("DEL asks nobody: not for a kubeconfig that is gone, nor a server that is down", async () => {
  await using pod = await addNamespace();
  await call("ADD", pod, withAnnotations({ cni: "blue" }));
  const before = relay.calls();
  const fields = { kubernetes: { kubeconfig: "/nowhere" }, runtimeConfig: {} };
  expect(await call("DEL", pod, fields)).toMatchObject({ exitCode: 0 });
  expect(await listLinks(pod)).toEqual([]);
  expect(relay.calls()).toBe(before);
});

test("a kubeconfig that names a program starts none", async () => {
  await using pod = await addNamespace();
  const mark = path.join(api.folder, "started");
  const user = { exec: { command: "/usr/bin/touch", args: [mark] } };
  const cluster = { server: "https://127.0.0.1:1" };
  const kubeconfig = await writeKubeconfig(path.join(api.folder, "exec"), { cluster, user });
  const { answer } = await call("ADD", pod, { kubernetes: { kubeconfig }, runtimeConfig: {} });
  expect(answer).toMatchObject({ code: 7, msg: expect.stringContaining('"exec" is not served') });
  expect(await unlessMissing(stat(mark))).toBeUndefined();
});

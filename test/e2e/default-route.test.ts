/** A pod that moves its default route to a network of its choice (NPWG 18). */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ScriptedApi } from "../fakes/scripted-api.ts";
import { addNamespace } from "../setup/namespace.ts";
import { callGenie, type GenieCall, withAnnotations } from "./node.ts";
import { startNodeApi } from "./node-api.ts";
import { makeWideNode, type WideNode } from "./wide-node.ts";
import { expectAnswers, expectNothingLeft, findWay, listDefaults, type Pod, toTold } from "./wide-pod.ts";

const ARGS = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-1;K8S_POD_UID=u-1";

const undo = new AsyncDisposableStack();
let wide: WideNode;
let api: ScriptedApi;
let kubeconfig: string;
beforeAll(async () => {
  wide = await makeWideNode(undo);
  ({ api, kubeconfig } = await startNodeApi(wide.node, undo));
});
afterAll(() => undo.disposeAsync());

interface Element {
  readonly name: string;
  readonly "default-route"?: readonly string[];
}

/** By objects without a configuration: those of the node's files count. */
function call(verb: GenieCall["verb"], pod: Pod, elements: readonly Element[]) {
  api.script({});
  api.answers = [
    ...elements.map(({ name }) => ({ body: { metadata: { namespace: "default", name }, spec: {} } })),
    {},
  ];
  const annotations = withAnnotations({ "k8s.v1.cni.cncf.io/networks": JSON.stringify(elements) });
  const fields = { ...annotations, default_plugin: "blue", kubernetes: { kubeconfig } };
  return callGenie(wide.node, { verb, pod, args: ARGS, stdin: wide.node.config({}, fields) });
}

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ["both families", ["10.10.3.1", "fd10:3::1"], ["net1", "net1"], ["10.10.3.1", "fd10:3::1"]],
  ["IPv4", ["10.10.3.9"], ["net1", "eth0"], ["fd10:1::1", "10.10.3.9"]],
  ["its network's own", [], ["net1", "net1"], ["10.10.3.1", "fd10:3::1"]],
])("NPWG 18: %s: the default network loses its default route, and still answers", async (...row) => {
  const [, gateways, defaults, told] = row;
  await using pod = await addNamespace();
  const added = await call("ADD", pod, [{ name: "red", "default-route": gateways }, { name: "green" }]);
  expect(added).toMatchObject({ exitCode: 0 });
  expect(await listDefaults(pod)).toEqual(defaults);
  expect(toTold(added).routes.map(({ gw }) => gw)).toEqual(told);
  expect(await findWay(pod, "10.10.1.1")).toBe("eth0");
  if (!gateways.includes("10.10.3.9")) await expectAnswers(pod, toTold(added), wide);
  expect(await call("CHECK", pod, [])).toMatchObject({ exitCode: 0 });
  expect(await call("DEL", pod, [])).toMatchObject({ exitCode: 0 });
  await expectNothingLeft(pod, wide);
});

test("a gateway that is in no network of the interface fails the pod, and nothing is left", async () => {
  await using pod = await addNamespace();
  const added = await call("ADD", pod, [{ name: "red", "default-route": ["10.44.0.1"] }]);
  expect(added).toMatchObject({ exitCode: 1, answer: { msg: expect.stringContaining("unreachable") } });
  await expectNothingLeft(pod, wide);
});

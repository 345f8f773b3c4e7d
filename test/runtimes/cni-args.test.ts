import { afterAll, beforeAll, expect, test } from "vitest";
import { callGenie, makeNode, readDecisions, type TestNode } from "../e2e/node.ts";
import { addNamespace, listLinks, runIp } from "../setup/namespace.ts";
import { readTraces } from "./traces.ts";

let node: TestNode;
beforeAll(async () => {
  node = await makeNode();
  await runIp(["-n", node.namespace.name, "link", "add", "cni-blue", "type", "bridge"]); // which its plugin would keep
});
afterAll(() => node[Symbol.asyncDispose]());

// Source: Nomad docs, "Use a CNI network with a job".
const NOMAD =
  "IgnoreUnknown=true;NOMAD_REGION=global;NOMAD_NAMESPACE=prod;NOMAD_JOB_ID=web;NOMAD_GROUP_NAME=front;NOMAD_ALLOC_ID=a-1";

test.each([
  { args: `${NOMAD};cni=blue,red`, networks: ["blue", "red"], pod: { namespace: "prod", name: "web/front" } },
  { args: "IgnoreUnknown=1;K8S_POD_NAME=one;cni=blue", networks: ["blue"], pod: { name: "one" } },
  { args: "cni=blue", networks: ["blue"], pod: { name: "" } },
  { args: 'K8S_ANNOT={"cni":"red@eth7","a":"b=c"}', networks: ["red"], pod: { name: "" } },
])("CNI_ARGS name networks, and the plugins see nothing of it: $args", async ({ args, networks, pod }) => {
  await using container = await addNamespace();
  const before = await readTraces(node);
  const stdin = node.config({}, { runtimeConfig: {} });
  const added = await callGenie(node, { verb: "ADD", pod: container, stdin, args });
  expect(added).toMatchObject({ exitCode: 0 });
  const decisions = (await readDecisions(node)).slice(-networks.length);
  expect(decisions).toMatchObject(networks.map((network) => ({ pod, ranking: [{ network }] })));
  expect(await listLinks(container)).toHaveLength(networks.length);
  expect(await callGenie(node, { verb: "DEL", pod: container, stdin, args })).toMatchObject({ exitCode: 0 });
  expect(await listLinks(container)).toEqual([]);
  expect(await readTraces(node)).toEqual(before);
});

test.each([
  ['K8S_ANNOT={"cni":"blue"', "CNI_ARGS, K8S_ANNOT: must be a JSON object"],
  ['K8S_ANNOT={"cni":["blue"]}', 'CNI_ARGS, K8S_ANNOT, "cni": must be a text'],
])("CNI_ARGS of %s are refused", async (args, msg) => {
  await using pod = await addNamespace();
  const stdin = node.config({}, { runtimeConfig: {} });
  const answer = expect.objectContaining({ code: 7, msg });
  expect(await callGenie(node, { verb: "ADD", pod, stdin, args })).toMatchObject({ exitCode: 1, answer });
});

import { afterAll, beforeEach, expect, test } from "vitest";
import { openScripted, startScriptedApi } from "../../test/fakes/scripted-api.ts";

const REF = { namespace: "default", name: "web-1" };
const SHOWN = {
  metadata: { ...REF, uid: "u-1", labels: { app: "web" }, annotations: { cni: "blue" } },
  spec: { nodeName: "n1" },
};
const never = new AbortController().signal;

const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.script({ body: SHOWN }));

const fails = (details: object) => expect.objectContaining({ kind: "tryAgainLater", ...details });

test("a pod is asked for in one GET, with the token", async () => {
  expect(await (await openScripted(api)).findPod(REF, never)).toEqual({
    ...REF,
    uid: "u-1",
    nodeName: "n1",
    labels: new Map([["app", "web"]]),
    annotations: new Map([["cni", "blue"]]),
  });
  expect(api.asked).toMatchObject([
    { line: "GET /api/v1/namespaces/default/pods/web-1", headers: { authorization: "Bearer secret-1" } },
  ]);
});

test.each<[string, string]>([
  ["..", "web-1"],
  ["default", "../../../secrets"],
  ["default", "Web"],
  ["default", ""],
  ["default", `${"a".repeat(254)}`],
  ["default?x=", "web-1"],
])("%s/%s can't be there and is not asked for", async (namespace, name) => {
  const cluster = await openScripted(api);
  const ref = { namespace, name };
  expect(await cluster.findPod(ref, never)).toBeUndefined();
  expect(await cluster.findDefinition(ref, never)).toBeUndefined();
  expect(await cluster.annotatePod({ ...ref, uid: "u" }, { a: "b" }, never)).toBe(false);
  expect(api.asked).toEqual([]);
});

test.each<[string, unknown]>([
  ["no metadata", { spec: {} }],
  [
    "metadata of other types",
    { metadata: { uid: 5, labels: ["a"], annotations: { a: 1, b: "c" } }, spec: 7 },
  ],
  [
    "lists that are none",
    { metadata: { annotations: { b: "c" }, ownerReferences: 5 }, spec: { containers: 5 } },
  ],
])("a pod with %s is read as far as it goes", async (_, body) => {
  api.answers = [{ body }];
  const pod = await (await openScripted(api)).findPod(REF, never);
  expect(pod).toMatchObject({ ...REF, uid: "", nodeName: "" });
  expect([...(pod?.annotations ?? [])].filter(([key]) => key !== "b")).toEqual([]);
});

test.each([[5], [null], [["blue"]], [{ name: "blue" }]])(
  "a wish that is %j isn't taken for none: the pod would get other networks",
  async (wish) => {
    api.answers = [{ body: { metadata: { annotations: { cni: wish } } } }];
    await expect((await openScripted(api)).findPod(REF, never)).rejects.toMatchObject({
      kind: "tryAgainLater",
      message: `the API server's answer has no text as the pod's annotation "cni"`,
    });
  },
);

test.each<[unknown, string]>([
  [{ type: "bridge" }, "[]"],
  [["bridge"], "[]"],
  [5, "5"],
  [null, ""],
])(
  "a configuration that is %j is told as one that can't be used, unless it is none",
  async (config, told) => {
    api.answers = [{ body: { metadata: {}, spec: { config } } }];
    expect(await (await openScripted(api)).findDefinition(REF, never)).toMatchObject({ config: told });
  },
);

test.each<[string, object]>([
  ["nothing", {}],
  ["an error that calls itself a success", { kind: "Status", metadata: {}, message: "etcd is away" }],
  ["a list", { kind: "PodList", metadata: { resourceVersion: "1" }, items: [] }],
  ["an object of another name", { metadata: { ...REF, name: "web-2" } }],
  ["one of another namespace", { metadata: { ...REF, namespace: "kube-system" } }],
])("%s in place of an object is no object without wishes", async (_, body) => {
  api.answers = [{ body }];
  const cluster = await openScripted(api);
  for (const asked of [cluster.findPod(REF, never), cluster.findDefinition(REF, never)]) {
    await expect(asked).rejects.toMatchObject({
      kind: "tryAgainLater",
      message: expect.stringContaining("isn't the object web-1"),
    });
  }
});

test("what is no list is not an empty one", async () => {
  api.answers = [{ body: {} }];
  await expect((await openScripted(api)).listSelectionPolicies(never)).rejects.toMatchObject({
    kind: "tryAgainLater",
    message: expect.stringContaining("no list of selectionpolicies"),
  });
});

test("an annotation may be called __proto__ and changes no object", async () => {
  api.answers = [{ body: '{"metadata":{"annotations":{"__proto__":{"cni":"red"},"b":"c"}}}' }];
  expect([...((await (await openScripted(api)).findPod(REF, never))?.annotations ?? [])]).toEqual([
    ["b", "c"],
  ]);
  expect(({} as Record<string, unknown>)["cni"]).toBeUndefined();
});

test.each<[string, string, string]>([
  [
    "deeper than anybody nests",
    `{"metadata":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    "no JSON object",
  ],
  ["no JSON", "<html>log in</html>", "no JSON object"],
  ["a list", "[]", "no JSON object"],
  ["null", "null", "no JSON object"],
  [
    "longer than any object",
    JSON.stringify({ a: "x".repeat(4 * 2 ** 20) }),
    "more than 3145728 bytes to get pods in namespace default",
  ],
])("an answer that is %s is refused", async (_, body, message) => {
  api.answers = [{ body }];
  await expect((await openScripted(api)).findPod(REF, never)).rejects.toEqual(
    fails({ message: expect.stringContaining(message) }),
  );
  expect(api.asked.length).toBe(1);
});

test("404 is no pod", async () => {
  api.answers = [{ status: 404, body: { kind: "Status", code: 404 } }];
  expect(await (await openScripted(api)).findPod(REF, never)).toBeUndefined();
});

test("a list is read page by page and sorted", async () => {
  const item = (name: string) => ({ metadata: { name }, spec: { config: `of ${name}` } });
  api.answers = [
    { body: { items: [item("red"), item("blue"), null, { metadata: {} }], metadata: { continue: "a b&c" } } },
    { body: { items: [item("green")], metadata: { continue: "" } } },
  ];
  const found = await (await openScripted(api)).listDefinitions("default", never);
  expect(found.map(({ name, config }) => [name, config])).toEqual([
    ["blue", "of blue"],
    ["green", "of green"],
    ["red", "of red"],
  ]);
  expect(new URL(api.asked[1]?.line.split(" ")[1] ?? "", api.url).searchParams.get("continue")).toBe("a b&c");
});

test("a list of which a page is missing is no list: the rest would count for nothing", async () => {
  const first = { body: { items: [{ metadata: { name: "all" } }], metadata: { continue: "more" } } };
  api.answers = [first, { status: 404 }];
  await expect((await openScripted(api)).listSelectionPolicies(never)).rejects.toMatchObject({
    kind: "tryAgainLater",
    message: expect.stringContaining("no list of selectionpolicies"),
  });
});

test("a list without end is given up", async () => {
  api.answers = [{ body: { items: [], metadata: { continue: "more" } } }];
  await expect((await openScripted(api)).listDefinitions("default", never)).rejects.toEqual(
    fails({
      message: "there are more than 2000 network-attachment-definitions of namespace default",
      details: expect.stringContaining("keep fewer"),
    }),
  );
  expect(api.asked.length).toBe(8);
});

test("a page that is too large says what it is of, and what to do", async () => {
  api.answers = [{ body: JSON.stringify({ items: ["x".repeat(4 * 2 ** 20)] }) }];
  await expect((await openScripted(api)).listDefinitions("default", never)).rejects.toEqual(
    fails({
      message: expect.stringContaining("to list network-attachment-definitions in namespace default"),
      details: expect.stringContaining("keep fewer"),
    }),
  );
});

test("CNI-Genie's networks are read", async () => {
  const spec = {
    refer_nic: "eth0",
    sharedStatus: { plugin: "weave", subnet: "10.32.0.0/16", dedicatedNet: true },
  };
  api.answers = [{ body: { spec: { physicalNet: "phy", sub_subnet: "10.0.0.0/24" } } }, { body: { spec } }];
  const cluster = await openScripted(api);
  expect(await cluster.findLogicalNetwork(REF, never)).toEqual({
    ...REF,
    physicalNet: "phy",
    subSubnet: "10.0.0.0/24",
    plugin: "",
  });
  expect(await cluster.findPhysicalNetwork(REF, never)).toEqual({
    ...REF,
    referNic: "eth0",
    plugin: "weave",
    subnet: "10.32.0.0/16",
    dedicated: true,
  });
  const odd = { refer_nic: {}, sharedStatus: { plugin: 5, subnet: [], dedicatedNet: "true" } };
  api.answers = [
    { body: { spec: { physicalNet: null, sub_subnet: 10, plugin: {} } } },
    { body: { spec: odd } },
  ];
  const texts = { physicalNet: "", subSubnet: "10", plugin: "{}" };
  expect(await cluster.findLogicalNetwork(REF, never)).toEqual({ ...REF, ...texts });
  const physical = { referNic: "{}", plugin: "5", subnet: "{}", dedicated: true };
  expect(await cluster.findPhysicalNetwork(REF, never)).toEqual({ ...REF, ...physical });
  api.answers = [{ body: { items: [{ metadata: { name: "net1" }, spec: { plugin: "weave" } }] } }];
  const listed = await cluster.listLogicalNetworks("default", never);
  expect(listed).toMatchObject([{ namespace: "default", name: "net1", plugin: "weave" }]);
  api.answers = [{ body: { items: [{ metadata: { name: "phy" }, spec: { refer_nic: "eth1" } }] } }];
  const physicals = await cluster.listPhysicalNetworks("default", never);
  expect(physicals).toMatchObject([{ namespace: "default", name: "phy", referNic: "eth1" }]);
  expect(api.asked.map(({ line }) => line).slice(0, 2)).toEqual([
    "GET /apis/alpha.network.k8s.io/v1/namespaces/default/logicalnetworks/web-1",
    "GET /apis/alpha.network.k8s.io/v1/namespaces/default/physicalnetworks/web-1",
  ]);
});

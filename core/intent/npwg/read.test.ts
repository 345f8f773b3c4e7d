import { describe, expect, test } from "vitest";
import { parseConfig } from "../../config.ts";
import { readIntent } from "../read.ts";
import { ANY_NETWORK, COUNT, DEFAULT_NETWORK, LABELLED_NETWORKS, NETWORKS, SELECTOR } from "./keys.ts";

interface Case {
  readonly annotations: Readonly<Record<string, string>>;
  readonly config?: object;
  readonly namespace?: string;
}

function read({ annotations, config = {}, namespace = "shop" }: Case) {
  const parsed = parseConfig(JSON.stringify({ name: "genie", type: "genie", ...config }));
  const pod = { namespace, name: "web", uid: "u1" };
  return readIntent(new Map(Object.entries(annotations)), { pod, config: parsed });
}
const targets = (given: Case) => read(given).wishes.map(({ target }) => target);
const json = (...elements: object[]) => JSON.stringify(elements);
const definition = (namespace: string, name: string) => ({
  wants: "definition",
  definition: { namespace, name },
});
const first = { wants: "first" };

describe("NPWG 29: a pod gets", () => {
  const more = { genie: { defaultNetworks: ["logs", "audit@au0"] } };
  const logs = { wants: "default", network: "logs" };
  const audit = { wants: "default", network: "audit" };
  test.each<[string, Case, object[]]>([
    [
      "the default network first, then what it selects",
      { annotations: { [NETWORKS]: "blue" } },
      [first, definition("shop", "blue")],
    ],
    ["the default network alone for a blank annotation", { annotations: { [NETWORKS]: " " } }, [first]],
    ["the default network alone for an empty list", { annotations: { [NETWORKS]: "[]" } }, [first]],
    [
      "what is configured as default",
      { annotations: { [NETWORKS]: "" }, config: { default_plugin: "green" } },
      [{ wants: "default", network: "green" }],
    ],
    [
      "the default networks of the admin before its own",
      { annotations: { [NETWORKS]: "blue" }, config: more },
      [first, logs, audit, definition("shop", "blue")],
    ],
    [
      "none of these in a system namespace",
      { annotations: { [NETWORKS]: "blue" }, config: more, namespace: "kube-system" },
      [first, definition("kube-system", "blue")],
    ],
    [
      "them, too, when it asks as CNI-Genie's do",
      { annotations: { cni: "red" }, config: more },
      [{ wants: "named", network: "red" }, logs, audit],
    ],
    [
      "another default network",
      { annotations: { [DEFAULT_NETWORK]: "red", [NETWORKS]: "blue" }, config: { default_plugin: "green" } },
      [definition("kube-system", "red"), definition("shop", "blue")],
    ],
    [
      "another default network alone",
      { annotations: { [DEFAULT_NETWORK]: "infra/red" } },
      [definition("infra", "red")],
    ],
    ["the usual one for a blank text", { annotations: { [DEFAULT_NETWORK]: "" } }, [first]],
    ["this and not what `cni` says", { annotations: { cni: "red", [NETWORKS]: "" } }, [first]],
  ])("%s", (_, given, expected) => expect(targets(given)).toEqual(expected));
});

test("NPWG 9, 11: without a namespace, the pod's; of a pod without one, `default`", () => {
  const annotations = {
    [NETWORKS]: json({ name: "a" }, { name: "b", namespace: "" }, { name: "c", namespace: "x" }),
  };
  expect(targets({ annotations }).slice(1)).toEqual([
    definition("shop", "a"),
    definition("shop", "b"),
    definition("x", "c"),
  ]);
  expect(targets({ annotations: { [NETWORKS]: "a" }, namespace: "" })[1]).toEqual(definition("default", "a"));
});

test("NPWG 12 to 21: what is asked of an attachment, and what of it takes a grant", () => {
  const element = {
    name: "blue",
    ips: ["10.0.0.5"],
    mac: "02:00:00:00:00:01",
    "cni-args": { a: 1 },
    bandwidth: { egressRate: 1, egressBurst: 2 },
    "infiniband-guid": "24:8a:07:03:00:8d:ae:2e",
    "default-route": ["10.0.0.1"],
    portMappings: [{ hostPort: 80, containerPort: 8080 }],
    deviceID: "0000:03:02.1",
  };
  expect(read({ annotations: { [NETWORKS]: json(element) } }).wishes[1]).toMatchObject({
    from: `annotation "${NETWORKS}", element 1`,
    gateways: ["10.0.0.1"],
    asks: {
      ips: ["10.0.0.5"],
      mac: "02:00:00:00:00:01",
      cniArgs: { a: 1 },
      bandwidth: { egressRate: 1, egressBurst: 2 },
      infinibandGuid: "24:8a:07:03:00:8d:ae:2e",
      deviceId: "0000:03:02.1",
    },
    fields: ["ips", "mac", "infiniband-guid", "portMappings", "deviceID", "default-route", "cni-args"],
  });
  const [override] = read({
    annotations: { [DEFAULT_NETWORK]: json({ name: "red", mac: "02:00:00:00:00:01" }) },
  }).wishes;
  expect(override?.fields).toEqual(["default-network", "mac"]);
});

test.each(["02:00:00:AB:CD:EF", "02-00-00-ab-cd-EF", "0200.00ab.CDEF"])(
  "NPWG 13: %s is told to plugins as the kernel writes it",
  (mac) => {
    const annotations = { [NETWORKS]: json({ name: "blue", mac }) };
    expect(read({ annotations }).wishes[1]?.asks?.mac).toBe("02:00:00:ab:cd:ef");
  },
);

test.each<[object, string]>([
  [{ portMappings: [{ hostPort: 0, containerPort: 1 }] }, "hostPort: must be a whole number from 1 to 65535"],
  [{ name: ANY_NETWORK, [COUNT]: 0 }, "must be a whole number from 1 to 16"],
  [{ name: ANY_NETWORK, [SELECTOR]: "a,".repeat(513) }, "must have at most 1024 characters"],
  [{ ips: Array.from({ length: 33 }, () => "10.0.0.1") }, "ips: must have at most 32"],
  [{ "default-route": Array.from({ length: 9 }, () => "10.0.0.1") }, "default-route: must have at most 8"],
])("%j is refused with its bounds", (fields, words) => {
  const annotations = { [NETWORKS]: json({ name: "blue", ...fields }) };
  expect(() => read({ annotations })).toThrow(words);
});

test("NPWG 18: whoever owns the default route, there is one in both annotations together", () => {
  const annotations = {
    [DEFAULT_NETWORK]: json({ name: "red", "default-route": ["10.0.0.1"] }),
    [NETWORKS]: json({ name: "blue" }, { name: "green", "default-route": [] }),
  };
  const words = `annotation "${NETWORKS}", element 2: default-route: annotation "${DEFAULT_NETWORK}", element 1 has one already`;
  expect(() => read({ annotations })).toThrow(words);
  const { wishes, ignored } = read({ annotations, config: { genie: { invalidAnnotation: "ignore" } } });
  expect(wishes.map(({ target }) => target)).toEqual([definition("kube-system", "red")]);
  expect(ignored).toBe(words);
});

test("only one network can be the default one", () => {
  expect(() => read({ annotations: { [DEFAULT_NETWORK]: "a,b" } })).toThrow("names 2 networks, not one");
});

describe("NPWG 38: a request by selection", () => {
  const any = (more: object) => ({ annotations: { [NETWORKS]: json({ name: ANY_NETWORK, ...more }) } });
  const terms = [{ key: "tenant", operator: "In", values: ["a"] }];
  test.each<[string, Case, object]>([
    [
      "is an element",
      any({ [SELECTOR]: "tenant=a", [COUNT]: 2, namespace: "infra" }),
      { namespace: "infra", terms, count: 2 },
    ],
    ["goes without a selector", any({}), { namespace: "shop", terms: [], count: 1 }],
    [
      "has a short form",
      { annotations: { [NETWORKS]: `infra/${ANY_NETWORK}` } },
      { namespace: "infra", terms: [], count: 1 },
    ],
    [
      "is an annotation",
      { annotations: { [LABELLED_NETWORKS]: "tenant=a" } },
      { namespace: "shop", terms, count: 1 },
    ],
  ])("%s", (_, given, target) => expect(targets(given)[1]).toEqual({ wants: "labelled", ...target }));

  test.each<[object, string]>([
    [{ [COUNT]: 2, mac: "02:00:00:00:00:01" }, "mac: is about one attachment"],
    [{ [COUNT]: 2, interface: "a" }, "interface: is about one attachment"],
    [{ [SELECTOR]: "=" }, "the selector is none at character 1"],
    [{ name: "blue", [SELECTOR]: "a=b" }, `${SELECTOR}: only where the name is "${ANY_NETWORK}"`],
    [{ name: "blue", [COUNT]: 1 }, `${COUNT}: only where`],
  ])("is refused with %j", (more, words) => {
    expect(() => read(any(more))).toThrow(`annotation "${NETWORKS}", element 1: ${words}`);
  });
});

describe("NPWG 39: an annotation that can't be read", () => {
  const annotations = { [NETWORKS]: json({ name: "blue", mac: "x" }) };
  test("fails the pod, unless it is to be ignored, as the specification says", () => {
    const said = `annotation "${NETWORKS}", element 1: mac: must be a 6-byte Ethernet address`;
    expect(() => read({ annotations })).toThrow(said);
    const ignoring = read({ annotations, config: { genie: { invalidAnnotation: "ignore" } } });
    expect(ignoring.wishes.map(({ target }) => target)).toEqual([first]);
    expect(ignoring.ignored).toBe(said);
  });

  test("takes no other with it", () => {
    const all = { ...annotations, [DEFAULT_NETWORK]: "red", [LABELLED_NETWORKS]: "=" };
    const { wishes, ignored } = read({
      annotations: all,
      config: { genie: { invalidAnnotation: "ignore" } },
    });
    expect(wishes.map(({ target }) => target)).toEqual([definition("kube-system", "red")]);
    expect(ignored).toMatch(new RegExp(`^annotation "${NETWORKS}".*; annotation "${LABELLED_NETWORKS}"`));
  });

  test.each([NETWORKS, DEFAULT_NETWORK])(
    "NPWG 20: never is one ignored that asks for addresses and claims others: %s",
    (key) => {
      const claiming = { [key]: json({ name: "blue", ips: ["10.0.0.5"], "ipam-claim-reference": "a" }) };
      const config = { genie: { invalidAnnotation: "ignore" } };
      expect(() => read({ annotations: claiming, config })).toThrow(
        `annotation "${key}", element 1: ips: not beside ipam-claim-reference`,
      );
    },
  );
});

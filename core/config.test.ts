import { describe, expect, test } from "vitest";
import { findAnswerVersion, parseConfig } from "./config.ts";

const smallest = { cniVersion: "1.0.0", name: "genie", type: "genie" };
const parse = (more: object) => parseConfig(JSON.stringify({ ...smallest, ...more }));
const digest = `sha256:${"a".repeat(64)}`;
const module = { module: `r/a@${digest}` };

test("three keys are a complete configuration", () => {
  expect(parse({}).genie).toEqual({
    confDir: "/etc/cni/net.d",
    stateDir: "/var/lib/genie",
    moduleStore: "/var/lib/genie/modules",
    networks: {},
    selection: {
      scorers: [],
      selector: [],
      fallback: "first-fit",
      deadlineMs: 50,
      shadowDeadlineMs: 50,
      memoryMiB: 16,
      limits: {
        heapMiB: 96,
        moduleMiB: 16,
        answerKiB: 1024,
        reasonBytes: 128,
        prepareMs: 2000,
        loadMs: 1000,
      },
      tryNextOnFailure: true,
      circuit: { failures: 3, openMs: 30_000, namespaces: 3, canaryFailurePercent: 10 },
    },
    secondaryRoutes: "sbr",
    invalidAnnotation: "fail",
    defaultNetworks: [],
    namespaceIsolation: false,
    globalNamespaces: ["default"],
    grants: [],
    policySource: "file",
    overridable: true,
    trust: { policy: "/etc/genie/trust.json" },
  });
});

test("a module gets its defaults", () => {
  const { scorers, selector } = parse({
    genie: { selection: { scorers: [{ module: `r/a@${digest}` }], selector: { module: `r/b@${digest}` } } },
  }).genie.selection;
  const defaults = { mode: "enforce", settings: {}, onFailure: "fallback", labels: [], annotations: [] };
  expect(scorers).toEqual([{ module: `r/a@${digest}`, weight: 1, ...defaults }]);
  expect(selector).toEqual([{ module: `r/b@${digest}`, ...defaults }]);
});

test("a module may run beside, or for a share of the pods; of several selectors at most one enforces", () => {
  const modes = ["shadow", { canary: 12.5 }, "enforce"];
  const selector = modes.map((mode) => ({ ...module, mode }));
  const { selection } = parse({ genie: { selection: { selector, scorers: [selector[0]] } } }).genie;
  expect(selection.selector.map(({ mode }) => mode)).toEqual(modes);
  expect(selection.scorers[0]?.mode).toBe("shadow");
});

test("unknown keys outside of genie pass, CNI-Genie's among them", () => {
  const old = { policy: { x: 1 }, log_level: "debug", cAdvisor_address: "http://x", default_plugin: "blue" };
  expect(parse({ ...old, kubernetes: { k8s_api_root: "https://x" } })).toMatchObject(old);
});

test.each(["", "[]", "null", "3", "{", "{}x"])("stdin %j is not decodable", (text) => {
  expect(() => parseConfig(text)).toThrow(expect.objectContaining({ kind: "decodingFailure" }));
});

test.each([
  [{ cniVersion: "9.9.9" }, "incompatibleVersion"],
  [{ cniVersion: 1 }, "invalidConfig"],
  [{ cniVersion: {} }, "invalidConfig"],
])("%j is %s", (change, kind) => {
  expect(() => parse(change)).toThrow(expect.objectContaining({ kind }));
});

test("without cniVersion it is 0.1.0", () => {
  expect(parseConfig('{"name":"genie","type":"genie"}').cniVersion).toBe("0.1.0");
  expect(parseConfig('{"name":"genie","type":"genie","cniVersion":""}').cniVersion).toBe("0.1.0");
});

const CNI_GENIES = ["default_plugin", "cAdvisor_address", "kubernetes", "policy"];
test.each(["runtimeConfig", "args", "prevResult"].concat(CNI_GENIES))("%s of null is none", (key) => {
  expect(parse({ [key]: null })[key]).toBeUndefined();
});

test.each<[string, object]>([
  ["kubernetes", { kubeconfig: null, k8s_api_root: null }],
  ["policy", { k8s_auth_token: null, k8s_client_key: null, k8s_certificate_authority: "" }],
])("what %s has of null is none", (key, block) => {
  const read = parse({ [key]: block })[key] as object;
  expect(Object.values(read).filter((value) => typeof value !== "boolean")).toEqual(
    Object.keys(block).map(() => undefined),
  );
});

const scorer = (fields: object) => ({
  genie: { selection: { scorers: [{ module: `r/a@${digest}`, ...fields }] } },
});

describe("the wrong field is named", () => {
  test.each<[string, object]>([
    ["name", { name: undefined }],
    ["name", { name: "a/b" }],
    ["name", { name: "genie\n" }],
    ["type", { type: "../genie" }],
    ["default_plugin", { default_plugin: ["blue"] }],
    ["runtimeConfig", { runtimeConfig: "x" }],
    ["args", { args: [] }],
    ["kubernetes", { kubernetes: "yes" }],
    ["genie", { genie: [] }],
    ["genie", { genie: null }],
    ["genie.confDir", { genie: { confDir: "etc/cni" } }],
    ["genie.stateDir", { genie: { stateDir: "/a\0b" } }],
    ["genie.stateDir", { genie: { stateDir: "" } }],
    ["genie.networks.blue", { genie: { networks: { blue: 7 } } }],
    ["genie.networks.blue.pricePerHour", { genie: { networks: { blue: { pricePerHour: -1 } } } }],
    ["genie.networks.blue.capacityMbps", { genie: { networks: { blue: { capacityMbps: 0 } } } }],
    [
      "genie.networks.blue.attributes.tenant",
      { genie: { networks: { blue: { attributes: { tenant: 7 } } } } },
    ],
    ["genie.selection.deadlineMs", { genie: { selection: { deadlineMs: 0 } } }],
    ["genie.selection.deadlineMs", { genie: { selection: { deadlineMs: 1.5 } } }],
    ["genie.selection.deadlineMs", { genie: { selection: { deadlineMs: 1e12 } } }],
    ["genie.selection.memoryMiB", { genie: { selection: { memoryMiB: 1e9 } } }],
    ["genie.selection.fallback", { genie: { selection: { fallback: "last-fit" } } }],
    ["genie.selection.scorers", { genie: { selection: { scorers: {} } } }],
    ["genie.selection.scorers[0].module", scorer({ module: "r/a:latest" })],
    ["genie.selection.scorers[0].module", scorer({ module: `r/a@${digest}0` })],
    ["genie.selection.scorers[0].module", scorer({ module: `r/a@${digest.toUpperCase()}` })],
    ["genie.selection.scorers[0].module", scorer({ module: `r/a@${digest}\n` })],
    ["genie.selection.scorers[0].module", scorer({ module: `${"r".repeat(512)}@${digest}` })],
    ["genie.selection.scorers[0].weight", scorer({ weight: 0 })],
    ["genie.selection.scorers[0].weight", scorer({ weight: -1 })],
    ["genie.selection.scorers[0].weight", scorer({ weight: "2" })],
    ["genie.selection.scorers[0].weight", scorer({ weight: 1e300 })],
    ["genie.selection.scorers[0].mode", scorer({ mode: "shade" })],
    ["genie.selection.scorers[0].mode.canary", scorer({ mode: { canary: 101 } })],
    ["genie.selection.scorers[0].mode", scorer({ mode: { canary: 5, of: 100 } })],
    ["genie.selection.selector", { genie: { selection: { selector: "x" } } }],
    [
      "genie.selection.selector[1].module",
      { genie: { selection: { selector: [{ module: `r/a@${digest}` }, {}] } } },
    ],
    ["genie.selection.selector", { genie: { selection: { selector: [1, 2].map(() => module) } } }],
    ["genie.selection.circuit.openMs", { genie: { selection: { circuit: { openMs: 0 } } } }],
    ["genie.selection.circuit.failures", { genie: { selection: { circuit: { failures: 0 } } } }],
    ["genie.selection.scorers[0].onFailure", scorer({ onFailure: "ignore" })],
    ["genie.selection.scorers[0].settings", scorer({ settings: "x" })],
  ])("%s in %j", (field, change) => {
    expect(() => parse(change)).toThrow(
      expect.objectContaining({ kind: "invalidConfig", message: expect.stringContaining(`${field}: `) }),
    );
  });

  test("a number beyond all numbers", () => {
    const text = JSON.stringify(scorer({ weight: 7 })).replace('"weight":7', '"weight":1e999');
    expect(() => parseConfig(`{"name":"g","type":"genie",${text.slice(1)}`)).toThrow("scorers[0].weight: ");
  });

  test("all of them at once", () => {
    expect(() => parse({ name: 1, genie: { confDir: "x", stateDir: "y" } })).toThrow(
      /^name: .*; genie\.confDir: .*; genie\.stateDir: /,
    );
  });
});

describe("a misspelt key is answered with the closest", () => {
  test.each<[object, string]>([
    [{ genie: { confdir: "/x" } }, 'genie: unknown key "confdir", did you mean "confDir"?'],
    [
      { genie: { selection: { scorer: [] } } },
      'genie.selection: unknown key "scorer", did you mean "scorers"?',
    ],
    [scorer({ wieght: 2 }), 'scorers[0]: unknown key "wieght", did you mean "weight"?'],
    [{ genie: { zzzzzzzzzzzzz: 1 } }, 'genie: unknown key "zzzzzzzzzzzzz"'],
    [{ genie: { constructor: 1 } }, 'genie: unknown key "constructor"'],
  ])("%j", (change, message) => expect(() => parse(change)).toThrow(message));
});

test("a key named __proto__ changes no prototype", () => {
  const text = JSON.stringify({ ...smallest, genie: { networks: { blue: {} } } }).replace(
    '"blue"',
    '"__proto__"',
  );
  const { networks } = parseConfig(text.replace("{}", '{"pricePerHour":1}')).genie;
  expect(Object.getPrototypeOf(networks)).toBe(Object.prototype);
});

test.each([
  ['{"cniVersion":"0.4.0"}', "0.4.0"],
  ['{"cniVersion":"9.9"}', "9.9"],
  ['{"cniVersion":7}', "1.0.0"],
  ['{"cniVersion":""}', "1.0.0"],
  [`{"cniVersion":"${"9".repeat(40)}"}`, "1.0.0"],
  ["{}", "1.0.0"],
  ["", "1.0.0"],
])("an error about %s is answered in %s", (text, version) => {
  expect(findAnswerVersion(text, "1.0.0")).toBe(version);
});

import { describe, expect, test } from "vitest";
import { type FakeCluster, makeCluster, makeDefinition } from "../../test/fakes/cluster.ts";
import { noPlugins } from "../../test/fakes/providing.ts";
import { makeSurroundings } from "../../test/fakes/surroundings.ts";
import { parseConfig } from "../config.ts";
import { Failure } from "../errors.ts";
import type { Asks } from "../intent/asks.ts";
import type { Target, Wish } from "../intent/intent.ts";
import { offerNetworks } from "./offer.ts";

const conf = (name: string, more: object = {}) =>
  JSON.stringify({ cniVersion: "1.0.0", name, type: "bridge", ...more });
const list = (name: string) => JSON.stringify({ cniVersion: "1.0.0", name, plugins: [{ type: "ptp" }] });
const blue: Target = { wants: "definition", definition: { namespace: "shop", name: "blue" } };

interface Case {
  readonly target?: Target;
  readonly files?: Readonly<Record<string, string>>;
  readonly cluster?: FakeCluster | undefined;
  readonly more?: Partial<Wish>;
  readonly genie?: object;
}

async function offer({ target = blue, files = {}, cluster, more, genie = {} }: Case) {
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie }));
  const folder = {
    files: Object.entries(files).map(([name, text]) => ({ name, text })),
    pluginFilesByNetwork: new Map(),
  };
  const around = makeSurroundings(config, folder);
  const signal = new AbortController().signal;
  return await offerNetworks({ from: "here", target, ifName: undefined, ...more }, around, {
    ...noPlugins,
    cluster,
    signal,
  });
}
const defining = (spec: object | string) => makeCluster({ definitions: [makeDefinition("blue", spec)] });
const offered = async (given: Case) => (await offer(given)).networks.networks.map(({ network }) => network);

test("what the conf folder can serve is served from there, and no cluster is asked", async () => {
  const cluster = makeCluster();
  const target: Target = { wants: "any", count: 2 };
  const given = await offer({ target, files: { "10-a.conf": conf("a"), "20-b.conf": conf("b") }, cluster });
  expect(given.target).toBe(target);
  expect(given.networks.networks.map(({ file }) => file)).toEqual(["10-a.conf", "20-b.conf"]);
  expect(cluster.takeCalls()).toEqual([]);
});

test.each(["named", "default"] as const)(
  "a network whose name another one has is served alone (%s)",
  async (wants) => {
    const files = { "10-calico.conf": conf("k8s"), "10-canal.conf": conf("k8s", { type: "ptp" }) };
    const { target, networks } = await offer({ target: { wants, network: "canal" }, files });
    expect(target).toEqual({ wants, network: "k8s" });
    expect(networks.networks.map(({ file }) => file)).toEqual(["10-canal.conf"]);
  },
);

describe("NPWG 5: the configuration is", () => {
  const files = { "10-blue.conf": conf("blue"), "20-blue.conflist": list("blue"), "30-blue.conf": conf("x") };
  test("that of the object, where it has one", async () => {
    const [network] = await offered({ files, cluster: defining({ name: "blue", type: "macvlan" }) });
    expect(network?.plugins).toMatchObject([{ type: "macvlan" }]);
  });

  test.each([
    ["the list on disk with the object's name as its own", files, ["ptp"]],
    ["a single configuration with that name", { ...files, "20-blue.conflist": "{}" }, ["bridge"]],
  ])("otherwise %s", async (_, there, types) => {
    for (const cluster of [defining(""), undefined]) {
      const [network] = await offered({ files: there, cluster });
      expect(network?.plugins.map(({ type }) => type)).toEqual(types);
    }
  });

  test("NPWG 2: not there otherwise, whatever the file is called", async () => {
    const failing = offer({ files: { "10-blue.conf": conf("x") }, cluster: defining("") });
    await expect(failing).rejects.toMatchObject({
      kind: "unknownNetwork",
      message:
        "here: NetworkAttachmentDefinition shop/blue has no spec.config, and no file of the conf folder has the name blue",
    });
  });
});

test.each([
  ["NPWG 3: a single configuration", { type: "macvlan" }, ["macvlan"]],
  ["NPWG 3: a list", { plugins: [{ type: "macvlan" }, { type: "tuning" }] }, ["macvlan", "tuning"]],
  ["NPWG 6: without a name", { cniVersion: "1.0.0", type: "macvlan" }, ["macvlan"]],
  ["NPWG 6: with an empty name", { name: "", type: "macvlan" }, ["macvlan"]],
])("%s is named after the object", async (_, spec, types) => {
  const [network] = await offered({ cluster: defining(spec) });
  expect(network?.name).toBe("blue");
  expect(network?.plugins.map(({ type }) => type)).toEqual(types);
});

test("NPWG 6: also where the object's name is as long as may be", async () => {
  const name = "n".repeat(253);
  const target: Target = { wants: "definition", definition: { namespace: "shop", name } };
  const cluster = makeCluster({ definitions: [makeDefinition(name, { type: "macvlan" })] });
  expect(await offered({ target, cluster })).toMatchObject([{ name }]);
});

test("NPWG 7: a name of its own stays", async () => {
  const { target, networks } = await offer({ cluster: defining({ name: "net-7", type: "macvlan" }) });
  expect(target).toEqual({ wants: "named", network: "net-7" });
  expect(networks.networks).toMatchObject([
    { file: "NetworkAttachmentDefinition shop/blue", definition: { namespace: "shop", name: "blue" } },
  ]);
});

const deep = `{"type":"a","x":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
test.each([
  ["no JSON", "{", "spec.config is not the text of a JSON object"],
  ["a list", "[]", "spec.config is not the text of a JSON object"],
  ["no plugin", "{}", "spec.config: neither type nor plugins is there, and no plugin file is to be used"],
  ["a path", { type: "../sh" }, "spec.config: type is missing or malformed"],
  ["genie", { type: "genie" }, "leads back to genie"],
  ["genie in a chain", { plugins: [{ type: "a" }, { type: "genie" }] }, "leads back to genie"],
  ["a bad name", { name: "../x", type: "a" }, "spec.config: name is missing or malformed"],
  ["a number as name", { name: 7, type: "a" }, "spec.config: name is missing or malformed"],
  ["too long", " ".repeat(262_145) + "{}", "spec.config has more than 262144 characters"],
  ["too deep", deep, "spec.config is nested deeper than 256 levels"],
])("an object is refused that has %s", async (_, spec, words) => {
  await expect(offer({ cluster: defining(spec) })).rejects.toMatchObject({
    kind: "invalidConfig",
    message: `here: NetworkAttachmentDefinition shop/blue: ${words}`,
  });
});

test("keys of an object's configuration that mean something to JavaScript are texts like others", async () => {
  const [network] = await offered({ cluster: defining('{"type":"a","__proto__":{"type":"b"}}') });
  expect(JSON.stringify(network?.plugins[0]?.config)).toBe(
    '{"type":"a","__proto__":{"type":"b"},"name":"blue"}',
  );
});

test("a cluster that doesn't answer is no reason to guess", async () => {
  const cluster = defining("");
  cluster.fail(["findDefinition"], new Failure("tryAgainLater", "the API server is down"));
  await expect(offer({ files: { "10-blue.conf": conf("blue") }, cluster })).rejects.toMatchObject({
    kind: "tryAgainLater",
  });
});

const declaring = (...names: string[]) => ({
  plugins: names.map((name) => ({ type: "a", capabilities: { [name]: true } })),
});
describe("NPWG 12 to 19: what is asked of a network", () => {
  test.each<[string, Asks]>([
    ["ips", { ips: ["10.0.0.5"] }],
    ["mac", { mac: "02:00:00:00:00:01" }],
    ["portMappings", { portMappings: [{ hostPort: 1, containerPort: 2, protocol: "tcp" }] }],
    ["bandwidth", { bandwidth: { ingressRate: 1 } }],
    ["infinibandGUID", { infinibandGuid: "24:8a:07:03:00:8d:ae:2e" }],
  ])("takes a plugin of its chain that declares %s", async (capability, asks) => {
    const more = { asks };
    await expect(offer({ more, cluster: defining(declaring("other", capability)) })).resolves.toBeDefined();
    for (const spec of [
      declaring("other"),
      { type: "a" },
      { type: "a", capabilities: { [capability]: false } },
    ]) {
      await expect(offer({ more, cluster: defining(spec) })).rejects.toMatchObject({
        kind: "invalidConfig",
        message: `here: NetworkAttachmentDefinition shop/blue: no plugin of the network declares the capability ${capability}`,
      });
    }
  });

  test("takes none for what goes into the configuration", async () => {
    const asks = { cniArgs: { a: 1 }, deviceId: "0000:03:02.1", ipamClaim: "a" };
    await expect(offer({ more: { asks }, cluster: defining({ type: "a" }) })).resolves.toBeDefined();
  });
});

describe("NPWG 35: a pod may not use", () => {
  const grants = [{ namespaces: ["shop"], networks: ["red"], may: [] }];
  const files = { "10-blue.conf": conf("blue"), "20-red.conf": conf("red") };
  const infra: Target = { wants: "definition", definition: { namespace: "infra", name: "blue" } };
  const inInfra = makeCluster({
    definitions: [makeDefinition("blue", { type: "a" }, { namespace: "infra" })],
  });
  test.each<[string, Case, string]>([
    [
      "an object of another namespace",
      { target: infra, cluster: inInfra, genie: { namespaceIsolation: true } },
      "NetworkAttachmentDefinition infra/blue: namespaces are isolated: pods of namespace shop may not use those of infra",
    ],
    [
      "a network without a grant",
      { target: { wants: "named", network: "blue" }, files, genie: { grants } },
      "10-blue.conf: namespace shop has no grant for network blue",
    ],
    [
      "a field without a grant",
      { target: { wants: "named", network: "red" }, files, genie: { grants }, more: { fields: ["mac"] } },
      "20-red.conf: mac: namespace shop has no grant for this field of network red",
    ],
  ])("%s", async (_, given, words) => {
    await expect(offer(given)).rejects.toMatchObject({ kind: "deniedByRule", message: `here: ${words}` });
  });

  test("what it hasn't named, too; but the default network needs no grant", async () => {
    expect(
      (await offered({ target: { wants: "any", count: 1 }, files, genie: { grants } })).map(
        ({ name }) => name,
      ),
    ).toEqual(["red"]);
    for (const target of [{ wants: "first" }, { wants: "default", network: "blue" }] as const) {
      expect((await offered({ target, files, genie: { grants } })).map(({ name }) => name)).toEqual([
        "blue",
        "red",
      ]);
    }
  });
});

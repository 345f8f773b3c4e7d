import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { runPlugin } from "../setup/plugin.ts";
import { ensureTools } from "../setup/tools.ts";
import { callGenie, GENIE, makeNode, readDecisions, type TestNode, withAnnotations } from "./node.ts";

let node: TestNode;
beforeAll(async () => {
  node = await makeNode();
});
afterAll(() => node[Symbol.asyncDispose]());

const call = (verb: "ADD" | "DEL", pod: NetworkNamespace, stdin: object | string = node.config()) =>
  callGenie(node, { verb, pod, stdin });

/** Nothing of the pod is left: no link in it, no address given to it, no ledger entry. */
async function expectNothingLeft(pod: NetworkNamespace): Promise<void> {
  expect(await listLinks(pod)).toEqual([]);
  expect((await readdir(path.join(node.stateDir, "ledger"))).filter((name) => name === pod.name)).toEqual([]);
  const { stdout } = await runIn(undefined, ["grep", "-rl", pod.name, node.dataDir]);
  expect(stdout).toBe("");
}

test("VERSION needs no configuration", async () => {
  const env = { CNI_NETNS: "dummy", CNI_IFNAME: "dummy" };
  const run = { program: GENIE, verb: "VERSION", cniPath: "/dummy", env };
  const { exitCode, stdout } = await runPlugin({ ...run, stdin: { cniVersion: "0.4.0" } });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    cniVersion: "0.4.0",
    supportedVersions: ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
  });
  expect((await runPlugin({ ...run, stdin: "" })).exitCode).toBe(0);
});

test.each(["blue", "green", "red"])(
  "a pod that names %s gets it, reaches its gateway, and leaves nothing",
  async (name) => {
    await using pod = await addNamespace();
    const stdin = node.config({}, withAnnotations({ cni: name }));
    const added = await call("ADD", pod, stdin);
    expect(added).toMatchObject({
      exitCode: 0,
      answer: { cniVersion: "1.0.0", ips: [{ gateway: expect.any(String) }] },
    });
    const [ip] = (added.answer?.["ips"] ?? []) as { gateway: string }[];
    const { ping } = await ensureTools();
    expect(await runIn(pod, [ping, "-c1", "-W5", ip?.gateway ?? ""])).toMatchObject({ exitCode: 0 });
    expect((await readDecisions(node)).at(-1)).toMatchObject({
      decidedBy: "explicit",
      containerId: pod.name,
    });

    expect(await call("DEL", pod, stdin)).toMatchObject({ exitCode: 0, answer: undefined });
    expect(await call("DEL", pod, stdin)).toMatchObject({ exitCode: 0 });
    await expectNothingLeft(pod);
  },
);

test("without a wish and without a module, the first valid configuration is the pod's", async () => {
  await using pod = await addNamespace();
  await writeFile(path.join(node.confDir, "00-genie.conf"), JSON.stringify(node.config()));
  await writeFile(path.join(node.confDir, "01-broken.conf"), "{");
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 0 });
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "default",
    ranking: [{ network: "blue" }],
  });
  await call("DEL", pod);
});

test("default_plugin is the network of a pod that wants nothing, and args.cni can want something", async () => {
  await using pod = await addNamespace();
  await call("ADD", pod, node.config({}, { default_plugin: "green" }));
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "default",
    ranking: [{ network: "green" }],
  });
  await call("DEL", pod);
  const fields = { default_plugin: "green", runtimeConfig: {}, args: { cni: { cni: "red" } } };
  await call("ADD", pod, node.config({}, fields));
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "explicit",
    ranking: [{ network: "red" }],
  });
  await call("DEL", pod);
  await expectNothingLeft(pod);
});

test.each(["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"])(
  "answers a runtime of CNI %s",
  async (cniVersion) => {
    await using pod = await addNamespace();
    const stdin = node.config({}, { cniVersion, default_plugin: "blue" });
    const { answer } = await call("ADD", pod, stdin);
    const address = expect.stringMatching(/^10\.10\.1\.\d+\/24$/);
    const ips = { ips: [expect.objectContaining({ address })] };
    expect(answer).toMatchObject({ cniVersion, ...(cniVersion < "0.3" ? { ip4: { ip: address } } : ips) });
    await call("DEL", pod, stdin);
  },
);

test("a second ADD of the same interface is refused, and the first one stays", async () => {
  await using pod = await addNamespace();
  await call("ADD", pod);
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 1, answer: { code: 104 } });
  expect(await listLinks(pod)).toEqual(["eth0"]);
  await call("DEL", pod);
  await expectNothingLeft(pod);
});

test("the delegate's own error reaches the runtime, and the chain before it is undone", async () => {
  await using pod = await addNamespace();
  const [bridge, ipvlan] = [
    {
      type: "bridge",
      bridge: "cni-mixed",
      ipam: { type: "host-local", dataDir: node.dataDir, subnet: "10.10.9.0/24" },
    },
    { type: "ipvlan", master: "cni-mixed", ipam: {} },
  ];
  const list = { cniVersion: "1.0.0", name: "mixed", plugins: [bridge, ipvlan] };
  await writeFile(path.join(node.confDir, "90-mixed.conflist"), JSON.stringify(list));
  const { exitCode, answer } = await call("ADD", pod, node.config({}, withAnnotations({ cni: "mixed" })));
  expect(exitCode).toBe(1);
  expect(answer).toMatchObject({
    cniVersion: "1.0.0",
    code: 999,
    msg: expect.stringMatching(/ipvlan|exist/),
  });
  await expectNothingLeft(pod);
});

const BAD_INPUT = [
  { what: "text that is no JSON", stdin: "{", code: 6, names: "JSON object" },
  { what: "a list", stdin: "[]", code: 6, names: "JSON object" },
  { what: "nothing at all", stdin: "", code: 6, names: "JSON object" },
  {
    what: "an unknown CNI version",
    stdin: { cniVersion: "9.0.0", name: "g", type: "genie" },
    code: 1,
    names: "9.0.0",
  },
  { what: "a missing name", stdin: { cniVersion: "1.0.0", type: "genie" }, code: 7, names: "name" },
  { what: "a misspelt key", block: { selektion: {} }, code: 7, names: 'did you mean "selection"' },
  { what: "a relative folder", block: { stateDir: "var/lib" }, code: 7, names: "genie.stateDir" },
  {
    what: "a module by tag",
    block: { selection: { scorers: [{ module: "r.example/m:1" }] } },
    code: 7,
    names: "genie.selection.scorers[0].module",
  },
  {
    what: "a network that isn't there",
    fields: withAnnotations({ cni: "grene" }),
    code: 103,
    names: "grene",
  },
  {
    what: "annotations that nobody handed over",
    fields: { kubernetes: {}, runtimeConfig: {} },
    code: 11,
    names: "annotations",
  },
  { what: "an empty conf folder", block: { confDir: "/nowhere" }, code: 11, names: "/nowhere" },
  {
    what: "a state folder that can't be",
    block: { stateDir: "/dev/null/genie" },
    code: 5,
    names: "/dev/null/genie",
  },
];

test.each(BAD_INPUT)("$what is answered with code $code", async ({ stdin, block, fields, code, names }) => {
  await using pod = await addNamespace();
  const { exitCode, answer } = await call("ADD", pod, stdin ?? node.config(block, fields));
  expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code });
  expect(`${String(answer?.["msg"])} ${String(answer?.["details"])}`).toContain(names);
  expect(answer).not.toHaveProperty("stack");
  await expectNothingLeft(pod);
});

test.each([
  { what: "no verb", env: { CNI_COMMAND: "" }, names: "CNI_COMMAND" },
  { what: "a verb that is not served", env: { CNI_COMMAND: "EXPLODE" }, names: "EXPLODE" },
  {
    what: "a path as container",
    env: { CNI_COMMAND: "ADD", CNI_CONTAINERID: "../../etc" },
    names: "CNI_CONTAINERID",
  },
  { what: "no namespace", env: { CNI_COMMAND: "ADD", CNI_NETNS: "" }, names: "CNI_NETNS" },
])("$what is answered with code 4", async ({ env, names }) => {
  const run = { program: GENIE, verb: "ADD", containerId: "c1", netns: "/run/netns/x", ifName: "eth0" };
  const { exitCode, stdout } = await runPlugin({ ...run, cniPath: node.cniPath, stdin: node.config(), env });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: 4, msg: expect.stringContaining(names) });
});

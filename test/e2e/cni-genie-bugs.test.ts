/** What CNI-Genie's users reported, and what was found in its code; each with the number of its issue, where it has one. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { readDecisions, withAnnotations } from "./node.ts";
import { listAddresses, makePeopleNode, type PeopleNode, shown } from "./people-node.ts";

const undo = new AsyncDisposableStack();
let people: PeopleNode;
beforeAll(async () => {
  people = await makePeopleNode(undo);
});
afterAll(() => undo.disposeAsync());
beforeEach(() => people.api.script({}));

const told = () => {
  const patch = people.api.asked.find(({ line }) => line.startsWith("PATCH"));
  return patch === undefined ? {} : JSON.parse(patch.body).metadata.annotations;
};
const names = async (pod: NetworkNamespace) =>
  (await listAddresses(pod)).map((line) => line.split(" ", 1).join("")).toSorted((a, b) => (a < b ? -1 : 1));

/** No link in the pod, no address given to it, no ledger entry. */
async function expectNothingLeft(pod: NetworkNamespace): Promise<void> {
  expect(await listLinks(pod)).toEqual([]);
  const { dataDir, stateDir } = people.node;
  const { stdout } = await runIn(undefined, ["grep", "-rl", pod.name, dataDir]);
  expect(stdout).toBe("");
  const ledger = await readdir(path.join(stateDir, "ledger"));
  expect(ledger.filter((name) => name === pod.name)).toEqual([]);
}

describe("DEL undoes what ADD made, and asks nobody", () => {
  const absent: PeopleNode["api"]["answers"] = [{ status: 404, body: { kind: "Status" } }];
  const failing: PeopleNode["api"]["answers"] = [{ status: 503, body: {} }];
  test.each([
    ["issues 179 and 214: when the pod object is gone", absent, {}, false],
    ["when the API server is down, which CNI-Genie took for a pod that is gone", failing, {}, false],
    ["when nobody can ask it", failing, { kubernetes: { kubeconfig: "/nowhere" } }, false],
    ["when the annotation was edited", [shown({ cni: "calico@eth7" })], {}, false],
    ["when a network's file was deleted", absent, {}, true],
  ])("%s", async (...[, answers, fields, isDeleted]) => {
    await using pod = await addNamespace();
    const ipam = { type: "host-local", dataDir: people.node.dataDir, subnet: "10.77.0.0/24" };
    await people.conf("10-temporary.conf", { name: "temporary", type: "bridge", bridge: "temporary", ipam });
    expect(await people.add(pod, { cni: "flannel,temporary@eth4,weave" })).toMatchObject({ exitCode: 0 });
    people.api.script(...answers);
    if (isDeleted) await rm(path.join(people.confDir, "10-temporary.conf"));
    expect(await people.call("DEL", pod, { fields })).toMatchObject({ exitCode: 0, answer: undefined });
    expect(people.api.asked).toEqual([]);
    await expectNothingLeft(pod);
  });
});

test("DEL names each interface as ADD did, where CNI-Genie counted from the other end", async () => {
  await using pod = await addNamespace();
  await people.add(pod, { cni: "flannel,weave" });
  expect(await names(pod)).toEqual(["eth0", "eth1"]);
  await people.call("DEL", pod);
  await expectNothingLeft(pod);
});

test.each([
  ["issue 63: a plugin that says nothing", "silent", "exit 0"],
  ["issue 129: a plugin that fails in words of its own", "wordy", 'echo "no route"; exit 3'],
  ["issue 94: a plugin whose answer is none", "hollow", "echo null"],
])("%s is told in a CNI error, and leaves nothing", async (_, name, script) => {
  await using pod = await addNamespace();
  await people.plugin(name, script);
  await people.conf(`80-${name}.conf`, { name, type: name });
  const { exitCode, answer } = await people.add(pod, { cni: `weave,${name}` });
  expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code: 120 });
  expect(answer?.["msg"]).toContain(name);
  await expectNothingLeft(pod);
});

describe("issues 213, 205 and 181: every network may want the default route, in any order", () => {
  test.each(["flannel,weave,calico", "calico,flannel", "flannel,calico"])("%s", async (cni) => {
    await using pod = await addNamespace();
    expect(await people.add(pod, { cni })).toMatchObject({ exitCode: 0 });
    const { stdout } = await runIn(pod, ["ip", "route", "show", "default"]);
    expect(stdout.trim().split("\n")).toEqual([expect.stringContaining("dev eth0")]);
    await people.call("DEL", pod);
  });
});

test("issues 161 and 149: several logical networks have several interfaces", async () => {
  await using pod = await addNamespace();
  const object = (spec: object) => ({ body: { metadata: {}, spec } });
  const pods = shown({ cni: "", networks: "a,b@eth0,c" });
  people.api.answers = [pods, ...["weave", "flannel", "weave"].map((plugin) => object({ plugin })), {}];
  expect(await people.call("ADD", pod)).toMatchObject({ exitCode: 0 });
  expect(await names(pod)).toEqual(["eth0", "eth1", "eth2"]);
  await people.call("DEL", pod);
});

test("issue 173: a network may say its interface's name", async () => {
  await using pod = await addNamespace();
  await people.add(pod, { cni: "weave @ eth3" });
  expect(await names(pod)).toEqual(["eth3"]);
  await people.call("DEL", pod);
});

test("issue 133: a network may be there twice, and twice under one name is refused before it runs", async () => {
  await using pod = await addNamespace();
  expect(await people.add(pod, { cni: "weave,weave" })).toMatchObject({ exitCode: 0 });
  expect(await names(pod)).toEqual(["eth0", "eth1"]);
  await people.call("DEL", pod);
  expect(await people.add(pod, { cni: "weave@eth1,weave@eth1" })).toMatchObject({
    exitCode: 1,
    answer: { code: 7, msg: expect.stringContaining('annotation "cni", element 2: the interface name eth1') },
  });
  await expectNothingLeft(pod);
});

test("issues 130 and 95: one network is told by nothing, several by all of them, whatever was there before", async () => {
  await using one = await addNamespace();
  await people.add(one, { cni: "weave" });
  expect(told()).toEqual({});
  await people.call("DEL", one);
  await using several = await addNamespace();
  people.api.asked.length = 0;
  await people.add(several, { cni: "weave,flannel", "multi-ip-preferences": '{"multi_entry":0,"ips":{}}' });
  expect(Object.keys(told())).toEqual(["multi-ip-preferences"]);
  expect(told()["multi-ip-preferences"]).toMatch(
    /^\{"multi_entry":2,"ips":\{"ip1":\{"ip":"10\.[\d.]+","interface":"eth0"\},"ip2":\{"ip":"10\.[\d.]+","interface":"eth1"\}\}\}$/,
  );
  await people.call("DEL", several);
});

test("issues 36, 39, 82, 194 and 47: any plugin, and every field that it has", async () => {
  await using pod = await addNamespace();
  const ipam = { type: "host-local", dataDir: people.node.dataDir, subnet: "10.78.0.0/24" };
  await people.conf("90-contiv.conf", { name: "c", type: "bridge", bridge: "contiv", mtu: 1234, ipam });
  await people.add(pod, { cni: "contiv" });
  const { stdout } = await runIn(pod, ["ip", "link", "show", "eth0"]);
  expect(stdout).toContain("mtu 1234");
  await people.call("DEL", pod);
});

test("issues 127, 201, 203 and 178: a file may have no number, and no cniVersion", async () => {
  await using pod = await addNamespace();
  const ipam = { type: "host-local", dataDir: people.node.dataDir, subnet: "10.79.0.0/24" };
  await people.conf("ovs.conf", { name: "o", type: "bridge", bridge: "ovs0", ipam });
  expect(await people.add(pod, { cni: "ovs" })).toMatchObject({
    exitCode: 0,
    answer: { cniVersion: "0.3.1" },
  });
  await people.call("DEL", pod);
});

test("issue 166: a network may give no address", async () => {
  await using pod = await addNamespace();
  await people.conf("90-flat.conf", { name: "flat", type: "bridge", bridge: "flat0", ipam: {} });
  expect(await people.add(pod, { cni: "weave,flat,flannel" })).toMatchObject({ exitCode: 0 });
  expect(await names(pod)).toEqual(["eth0", "eth2"]);
  expect((await listLinks(pod)).toSorted()).toEqual(["eth0", "eth1", "eth2"]);
  expect(JSON.parse(told()["multi-ip-preferences"]).ips).toMatchObject({
    ip1: { interface: "eth0" },
    ip2: { interface: "eth2" },
  });
  await people.call("DEL", pod);
});

test("issues 109 and 145: a cAdvisor that is down stops no pod", async () => {
  await using pod = await addNamespace();
  const { exitCode, stderr } = await people.add(
    pod,
    { cni: "" },
    { cAdvisor_address: "http://127.0.0.1:4194" },
  );
  expect(exitCode).toBe(0);
  expect(stderr).toContain("cAdvisor tells nothing");
  await people.call("DEL", pod);
});

describe("issues 98, 100, 11 and 188: a pod that asks for nothing gets", () => {
  test.each([
    ["the default, without annotations", null, {}, "weave"],
    ["the default, with annotations of others", { build: "two" }, {}, "weave"],
    ["the first file's network, where no default is set", null, { default_plugin: "" }, "k8s-pod-network"],
  ])("%s", async (...[, annotations, fields, network]) => {
    await using pod = await addNamespace();
    const given = { ...withAnnotations(annotations), ...fields };
    expect(await people.call("ADD", pod, { fields: given })).toMatchObject({ exitCode: 0 });
    expect((await readDecisions(people.node)).at(-1)).toMatchObject({ ranking: [{ network }] });
    await people.call("DEL", pod);
  });
});

test("annotations in K8S_ANNOT count, without an API server; CNI-Genie read them and failed all the same", async () => {
  await using pod = await addNamespace();
  const args = `IgnoreUnknown=1;K8S_ANNOT=${JSON.stringify({ cni: "flannel,weave" })}`;
  const fields = { kubernetes: undefined };
  expect(await people.call("ADD", pod, { fields, args })).toMatchObject({ exitCode: 0 });
  expect(await names(pod)).toEqual(["eth0", "eth1"]);
  expect(await people.call("DEL", pod, { fields, args })).toMatchObject({ exitCode: 0 });
  await expectNothingLeft(pod);
});

test.each(["genie", "k8s-pod-network", "00-genie"])(
  "genie never runs itself, whatever name of its own a pod writes: %s",
  async (cni) => {
    await using pod = await addNamespace();
    await people.conf("05-own.conf", people.config());
    const { exitCode, answer } = await people.add(pod, { cni });
    if (cni === "k8s-pod-network")
      expect(await listAddresses(pod)).toEqual([expect.stringMatching(/^eth0 192\.168/)]);
    else expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code: 103 });
    await people.call("DEL", pod);
  },
);

test("no token is logged, whatever fails", async () => {
  await using pod = await addNamespace();
  const policy = { k8s_auth_token: "secret-token" };
  people.api.answers = [{ status: 401, body: {} }];
  const { exitCode, answer, stderr } = await people.call("ADD", pod, { fields: { policy } });
  expect(exitCode).toBe(1);
  expect(answer).toMatchObject({ code: 11 });
  expect(`${JSON.stringify(answer)}${stderr}`).not.toContain("secret-token");
});

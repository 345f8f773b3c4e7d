/** DEL of a container whose ledger entry can't be read: through the verb, since nobody else recovers. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeEntry } from "../../cni/ledger/format.ts";
import { makeDecision } from "../../test/fakes/decision.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { seal } from "../sealed.ts";
import { del } from "../verbs/del.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
  await mkdir(path.join(node.dir, "ledger"));
  for (const [at, network] of ["blue", "green", "red"].entries()) {
    await node.conf(`${at}0-${network}.conf`, { cniVersion: "1.0.0", name: network, type: network });
    await node.plugin(network, ":");
  }
});
afterEach(() => node[Symbol.asyncDispose]());

const own = { cniVersion: "1.1.0", name: "genie", type: "genie" };
const prevResult = { cniVersion: "1.1.0", ips: [{ address: "10.0.0.5/24" }] };
const ledgerFile = () => path.join(node.dir, "ledger/c1");
const names = () => readdir(path.join(node.dir, "ledger"));

const run = (config: object = { ...own, prevResult }, invocation: object = {}) =>
  del({ invocation: node.invocation("DEL", invocation), stdin: JSON.stringify(config) }, node.ports);

const record = (...networks: string[]) =>
  node.ports.recordDecision({
    containerId: "c1",
    interfaces: ["eth0"],
    pod: { namespace: "", name: "", uid: "" },
    decision: makeDecision({ ranking: networks.map((network) => ({ network, reason: "" })) }),
  });

const entry = () => writeEntry([node.attachment({ network: "red" }), node.attachment({ network: "green" })]);
const torn = () => entry().subarray(0, -1);

describe("the networks that an entry seems to hold are undone, and it is set aside:", () => {
  test.each<[string, () => Uint8Array]>([
    ["one that is torn", torn],
    [
      "one of a newer genie",
      () =>
        seal("genie-ledger 2", [
          ["attachment", Buffer.from("eth0")],
          ["network", Buffer.from("red")],
        ]),
    ],
    ["one of another container", () => writeEntry([node.attachment({ network: "red", containerId: "c2" })])],
  ])("%s", async (_, bytes) => {
    await writeFile(ledgerFile(), bytes());
    await record("blue");
    await run(undefined, { args: "cni=red;A=b" });
    const calls = await node.takeCalls();
    expect(calls[0]).toEqual({
      verb: "DEL",
      plugin: "red",
      ifName: "eth0",
      netns: "/run/netns/a",
      args: "A=b",
      stdin: {
        cniVersion: "1.0.0",
        name: "red",
        type: "red",
        prevResult: expect.objectContaining({ cniVersion: "1.0.0", ips: prevResult.ips }),
      },
    });
    expect(calls.map(({ plugin }) => plugin)).not.toContain("blue");
    const [aside = ""] = await names();
    expect(aside).toMatch(/^\.unreadable-c1-\d+$/);
    expect(await readFile(path.join(node.dir, "ledger", aside))).toEqual(Buffer.from(bytes()));
    await run();
    expect(await node.takeVerbs()).toEqual([]);
  });

  test("on each interface, in the order of the entry, whichever call made it", async () => {
    const held = [
      { network: "red", ifName: "eth0" },
      { network: "green", ifName: "eth1" },
      { network: "red", ifName: "eth2" },
    ];
    const attachments = held.map((one) =>
      node.attachment({ ...one, caller: { network: "genie", ifName: one.ifName } }),
    );
    await writeFile(ledgerFile(), writeEntry(attachments).subarray(0, -1));
    await run();
    const undone = (await node.takeCalls()).map(({ plugin, ifName }) => ({ network: plugin, ifName }));
    expect(undone).toEqual(held);
  });
});

describe("the networks of the latest decision are undone where the entry tells nothing:", () => {
  test.each<[string, () => Promise<void>]>([
    ["an empty file", () => writeFile(ledgerFile(), "")],
    ["a foreign file", () => writeFile(ledgerFile(), '{"cniVersion":"1.0.0"}')],
    ["a folder", () => mkdir(ledgerFile())],
    [
      "names that are none",
      () => writeFile(ledgerFile(), "x\nnetwork 6\n../red\nnetwork 0\n\nnetwork 3\na/b\n"),
    ],
  ])("%s", async (_, make) => {
    await make();
    await record("red");
    await record("green", "blue");
    await run();
    expect(await node.takeVerbs()).toEqual(["DEL green", "DEL blue"]);
    expect(await names()).toEqual([expect.stringMatching(/^\.unreadable-c1-/)]);
  });

  test("another container's decision is none", async () => {
    await writeFile(ledgerFile(), "");
    await record("red");
    await mkdir(path.join(node.dir, "ledger/c2"));
    await run(own, { containerId: "c2" });
    expect(await node.takeVerbs()).toEqual([]);
  });
});

describe("nothing keeps the pod from going:", () => {
  beforeEach(() => writeFile(ledgerFile(), torn()));

  test("a failing plugin is only told of", async () => {
    await node.plugin("red", `echo '{"code":7,"msg":"no"}'; exit 1`);
    await run();
    expect(await node.takeVerbs()).toEqual(["DEL red", "DEL green"]);
    expect(node.warnings.map(({ fields }) => fields)).toMatchObject([
      { network: "red", err: { wire: { code: 7 } } },
      { tried: ["red", "green"] },
      { aside: expect.any(String) },
    ]);
  });

  test("nor does a configuration with mistakes, which still names the folder", async () => {
    await run({ ...own, genie: { unknown: 1 } });
    expect(await node.takeVerbs()).toEqual(["DEL red", "DEL green"]);
  });

  test("nor does a configuration that is no good, or has no result", async () => {
    await run({ ...own, name: "/" });
    expect(await names()).toEqual([expect.stringMatching(/^\.unreadable-c1-/)]);
  });

  test("nor do networks that the node no longer has", async () => {
    await rm(path.join(node.dir, "net.d"), { recursive: true });
    await run(own);
    expect(await node.takeVerbs()).toEqual([]);
    expect(await names()).toEqual([expect.stringMatching(/^\.unreadable-c1-/)]);
  });
});

test("a network before 0.4.0 gets no result, and each its declared capabilities", async () => {
  await writeFile(ledgerFile(), torn());
  const capabilities = { mac: true };
  await node.conf("00-red.conf", { cniVersion: "0.3.1", name: "red", type: "red", capabilities });
  await run({ ...own, prevResult, runtimeConfig: { mac: "m", bandwidth: {} } });
  const [red, green] = await node.takeCalls();
  expect(red?.stdin).toEqual({
    cniVersion: "0.3.1",
    name: "red",
    type: "red",
    capabilities,
    runtimeConfig: { mac: "m" },
  });
  expect(green?.stdin).toMatchObject({ prevResult: { ips: prevResult.ips } });
  expect(green?.stdin).not.toHaveProperty("runtimeConfig");
});

test("at most sixteen attachments are tried", async () => {
  const many = Array.from({ length: 20 }, (_, at) => `n${at}`);
  for (const name of many) await node.conf(`90-${name}.conf`, { cniVersion: "1.0.0", name, type: "blue" });
  await writeFile(
    ledgerFile(),
    writeEntry(many.map((network) => node.attachment({ network }))).subarray(0, -1),
  );
  await run();
  expect((await node.takeCalls()).map(({ stdin }) => stdin["name"])).toEqual(many.slice(0, 16));
});

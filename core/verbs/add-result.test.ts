/** What ADD notes of an attachment, and what it answers. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readEntry } from "../../cni/ledger/format.ts";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { add } from "./add.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

const run = async (config?: object) =>
  (await add({ invocation: node.invocation("ADD"), config: node.config(config) }, node.ports)).result;
const network = (more: object = {}) =>
  node.conf("10-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "blue", ...more });
const kept = async () => (await node.ledger.read("c1")).attachments;

const result = {
  cniVersion: "1.0.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/a" }],
  ips: [{ interface: 0, address: "10.0.0.5/24" }],
  mine: "unknown to us",
};
const answering = (answer: object) => `echo '${JSON.stringify(answer)}'`;

test("the attachment is noted with its caller, namespace and boot, before and after", async () => {
  const copy = path.join(node.dir, "copy");
  await network();
  await node.plugin("blue", `cp '${node.dir}/ledger/c1' '${copy}'; ${answering(result)}`);
  await run({ name: "our-name" });
  const noted = { caller: { network: "our-name", ifName: "eth0" } };
  const stdin = { cniVersion: "1.0.0", name: "blue", type: "blue" };
  const toSteps = (more: object) => [{ plugin: "blue", stdin: JSON.stringify({ ...stdin, ...more }) }];
  expect(readEntry("c1", await readFile(copy)).attachments).toEqual([
    node.attachment({ ...noted, state: "planned", steps: toSteps({}) }),
  ]);
  expect(await kept()).toEqual([node.attachment({ ...noted, steps: toSteps({ prevResult: result }) })]);
});

test("a namespace that can't be seen is noted as such", async () => {
  await network();
  await node.plugin("blue", answering(result));
  node.kernel.identityByPath.clear();
  await run();
  expect(await kept()).toMatchObject([{ namespace: { path: "/run/netns/a", identity: "" } }]);
});

describe("the answer", () => {
  test("is the plugin's own where the versions are the same", async () => {
    await network();
    await node.plugin("blue", answering(result));
    expect(await run({ cniVersion: "1.0.0" })).toEqual(result);
  });

  test("is in the caller's version, whatever the delegate speaks", async () => {
    await network({ cniVersion: "0.2.0" });
    await node.plugin("blue", answering({ cniVersion: "0.2.0", ip4: { ip: "10.0.0.5/24" }, dns: {} }));
    expect(await run({ cniVersion: "0.4.0" })).toEqual({
      cniVersion: "0.4.0",
      interfaces: [],
      ips: [{ version: "4", address: "10.0.0.5/24" }],
      routes: [],
      dns: {},
    });
    expect((await node.takeCalls())[0]?.stdin["cniVersion"]).toBe("0.2.0");
  });

  test("is in the version of the network where the plugin doesn't say it", async () => {
    await network({ cniVersion: "0.4.0" });
    await node.plugin("blue", answering({ ips: [{ version: "4", address: "10.0.0.5/24" }] }));
    expect(await run({ cniVersion: "1.1.0" })).toMatchObject({
      cniVersion: "1.1.0",
      ips: [{ address: "10.0.0.5/24" }],
    });
  });

  test("of a genie that isn't first in its chain holds what was there before", async () => {
    await network();
    await node.plugin("blue", answering(result));
    const prevResult = {
      cniVersion: "0.4.0",
      interfaces: [{ name: "cni0" }, { name: "eth9", sandbox: "/run/netns/a" }],
      ips: [{ version: "4", interface: 1, address: "10.9.0.5/24" }],
      dns: { nameservers: ["10.9.0.1"] },
    };
    expect(await run({ cniVersion: "0.4.0", prevResult })).toEqual({
      cniVersion: "0.4.0",
      interfaces: [{ name: "cni0" }, { name: "eth9", sandbox: "/run/netns/a" }, result.interfaces[0]],
      ips: [
        { version: "4", interface: 1, address: "10.9.0.5/24" },
        { version: "4", interface: 2, address: "10.0.0.5/24" },
      ],
      routes: [],
      dns: { nameservers: ["10.9.0.1"] },
    });
    const [call] = await node.takeCalls();
    expect(call?.stdin).not.toHaveProperty("prevResult");
  });

  test("of a genie that isn't first in its chain is about an interface beside those that are there", async () => {
    await network();
    await node.plugin("blue", answering(result));
    const prevResult = { interfaces: [{ name: "eth1" }, { name: "eth0", sandbox: "/run/netns/a" }] };
    await run({ cniVersion: "1.0.0", prevResult });
    expect(await node.takeCalls()).toMatchObject([{ ifName: "eth1" }]);
  });
});

test("each plugin gets the capabilities that it declares, and so will its DEL", async () => {
  await network({ capabilities: { portMappings: true } });
  await node.plugin("blue", answering(result));
  await run({ runtimeConfig: { portMappings: [{ hostPort: 80 }], mac: "m" } });
  const runtimeConfig = { portMappings: [{ hostPort: 80 }] };
  expect((await node.takeCalls())[0]?.stdin["runtimeConfig"]).toEqual(runtimeConfig);
  expect(JSON.parse((await kept())[0]?.steps[0]?.stdin ?? "")).toMatchObject({ runtimeConfig });
});

test("a file that can't be used is told of, and stops nothing", async () => {
  await network();
  await node.conf("05-bad.conf", { name: "/" });
  await node.plugin("blue", answering(result));
  await run();
  expect(node.warnings).toMatchObject([
    { fields: { file: "05-bad.conf" }, message: "a file of the conf folder is passed over" },
  ]);
});

/** The reference libcni, with a cache of its own, drives the built plugin as a container runtime does. */
import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAtLeast } from "../../core/spec/versions.ts";
import { GENIE, makeNode, type TestNode } from "../e2e/node.ts";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { askJudge, type JudgeJob } from "./drive.ts";

const undo = new AsyncDisposableStack();
let node: TestNode;
let folder: string;
beforeAll(async () => {
  node = undo.use(await makeNode());
  folder = await mkdtemp(path.join(tmpdir(), "genie-judge-"));
  undo.defer(() => rm(folder, { recursive: true }));
  await symlink(GENIE, path.join(folder, "genie"));
});
afterAll(() => undo.disposeAsync());

const CALLERS = ["0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
const NETWORKS = ["0.3.1", "0.4.0", "1.0.0"];
const PAIRS = CALLERS.flatMap((caller) => NETWORKS.map((network) => ({ caller, network })));

/** As blue, in another CNI version and with addresses of its own. */
async function addNetwork(cniVersion: string): Promise<string> {
  const name = `v${cniVersion}`;
  const subnet = `10.20.${NETWORKS.indexOf(cniVersion)}.0/24`;
  const ipam = { type: "host-local", dataDir: node.dataDir, ranges: [[{ subnet }]] };
  const plugins = [{ type: "bridge", bridge: "cni-judge", ipam }];
  await writeFile(
    path.join(node.confDir, `50-${name}.conflist`),
    JSON.stringify({ cniVersion, name, plugins }),
  );
  return name;
}

test.each(PAIRS)("libcni in $caller, over a network in $network", async ({ caller: cniVersion, network }) => {
  await using undoPod = new AsyncDisposableStack();
  const pod = undoPod.use(await addNamespace());
  const fields = { default_plugin: await addNetwork(network) };
  const { cniVersion: _, name, ...plugin } = node.config({}, fields);
  const confList = JSON.stringify({ cniVersion, name, plugins: [plugin] });
  const attachment = { containerId: pod.name, netns: pod.path, ifName: "eth0" };
  const places = { cniPath: `${folder}:${node.cniPath}`, cacheDir: path.join(folder, `cache-${cniVersion}`) };
  const ask = (verb: JudgeJob["verb"], more: Partial<JudgeJob> = {}) =>
    askJudge({ verb, confList, ...attachment, ...places, ...more }, node.namespace);
  const expectOk = async (verb: JudgeJob["verb"], more?: Partial<JudgeJob>) => {
    const outcome = await ask(verb, more);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ ok: true });
    return outcome;
  };

  await expectOk("VALIDATE");
  expect((await expectOk("VERSION")).version).toContain(cniVersion);
  const isModern = isAtLeast(cniVersion, "1.1.0");
  if (isModern) await expectOk("STATUS");
  expect((await expectOk("ADD")).result).toMatchObject({ cniVersion, ips: [{}] });
  expect(await listTraces(pod.name)).toEqual({ ledger: [pod.name], addresses: expect.stringMatching(/./) });
  if (isAtLeast(cniVersion, "0.4.0")) await expectOk("CHECK");
  if (isModern) {
    await expectOk("GC", { validAttachments: [{ containerID: pod.name, ifname: "eth0" }] });
    expect(await listLinks(pod)).toEqual(["eth0"]);
  }
  if (isAtLeast(cniVersion, "0.4.0") && isAtLeast(network, "0.4.0")) {
    await runIn(pod, ["ip", "link", "set", "eth0", "name", "eth9"]);
    expect(await ask("CHECK")).toMatchObject({ ok: false });
    await runIn(pod, ["ip", "link", "set", "eth9", "name", "eth0"]);
  }
  await expectOk("DEL");
  await expectOk("DEL");
  expect(await listLinks(pod)).toEqual([]);
  expect(await listTraces(pod.name)).toEqual({ ledger: [], addresses: "" });
});

test("GC of a libcni that knows nothing undoes what lost its namespace, and nothing else", async () => {
  await using lives = await addNamespace();
  await using undoPod = new AsyncDisposableStack();
  const dies = undoPod.use(await addNamespace());
  const { cniVersion: _, name, ...plugin } = node.config({}, { default_plugin: "blue" });
  const confList = JSON.stringify({ cniVersion: "1.1.0", name, plugins: [plugin] });
  const ask = (verb: JudgeJob["verb"], pod: NetworkNamespace, cache: string) => {
    const attachment = { containerId: pod.name, netns: pod.path, ifName: "eth0", validAttachments: [] };
    const places = { cniPath: `${folder}:${node.cniPath}`, cacheDir: path.join(folder, cache) };
    return askJudge({ verb, confList, ...attachment, ...places }, node.namespace);
  };
  for (const pod of [lives, dies]) expect(await ask("ADD", pod, "one")).toMatchObject({ ok: true });
  await undoPod.disposeAsync();
  expect(await ask("GC", lives, "another")).toMatchObject({ ok: true });
  expect(await listTraces(dies.name)).toEqual({ ledger: [], addresses: "" });
  expect(await listTraces(lives.name)).toMatchObject({ ledger: [lives.name] });
  expect(await listLinks(lives)).toEqual(["eth0"]);
  expect(await ask("DEL", lives, "one")).toMatchObject({ ok: true });
});

/** What the node still knows of a container: its ledger entry, and the files of its addresses. */
async function listTraces(containerId: string): Promise<{ ledger: readonly string[]; addresses: string }> {
  const ledger = (await readdir(path.join(node.stateDir, "ledger"))).filter((name) => name === containerId);
  const { stdout: addresses } = await runIn(undefined, ["grep", "-rl", containerId, node.dataDir]);
  return { ledger, addresses };
}

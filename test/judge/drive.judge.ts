/** The reference libcni, with a cache of its own, drives the built plugin as a container runtime does. */
import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAtLeast } from "../../core/spec/versions.ts";
import { GENIE, makeNode, type TestNode } from "../e2e/node.ts";
import { addNamespace, listLinks, runIn } from "../setup/namespace.ts";
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

test.each(["0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const)("libcni in %s", async (cniVersion) => {
  await using pod = await addNamespace();
  const { cniVersion: _, name, ...plugin } = node.config({}, { default_plugin: "blue" });
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
  await expectOk("DEL");
  await expectOk("DEL");

  expect(await listLinks(pod)).toEqual([]);
  expect(await listTraces(pod.name)).toEqual({ ledger: [], addresses: "" });
});

/** What the node still knows of a container: its ledger entry, and the files of its addresses. */
async function listTraces(containerId: string): Promise<{ ledger: readonly string[]; addresses: string }> {
  const ledger = (await readdir(path.join(node.stateDir, "ledger"))).filter((name) => name === containerId);
  const { stdout: addresses } = await runIn(undefined, ["grep", "-rl", containerId, node.dataDir]);
  return { ledger, addresses };
}

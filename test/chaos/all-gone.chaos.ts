import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { callGenie, makeNode } from "../e2e/node.ts";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";

const PODS = 20;
const INTERFACES_EACH = 10;

/** Runs `act` for every item, a few at a time. */
async function forAll<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all([work(), work(), work(), work()]);
}

test(`${PODS * INTERFACES_EACH} attachments are undone with the configurations, the modules and the node's network gone`, async () => {
  await using node = await makeNode();
  await using undo = new AsyncDisposableStack();
  const pods: NetworkNamespace[] = [];
  for (let nth = 0; nth < PODS; nth++) pods.push(undo.use(await addNamespace()));
  const names = Array.from({ length: INTERFACES_EACH }, (_, nth) => `eth${nth}`);
  const attachments = pods.flatMap((pod) => names.map((ifName) => ({ pod, ifName })));
  const callAll = async (verb: "ADD" | "DEL", stdin: object) =>
    await forAll(attachments, async ({ pod, ifName }) => {
      const { exitCode, answer } = await callGenie(node, { verb, pod, ifName, stdin });
      expect(exitCode, JSON.stringify(answer)).toBe(0);
    });

  await callAll("ADD", node.config({}, { args: { cni: "blue" }, runtimeConfig: {} }));
  const entries = await readdir(path.join(node.stateDir, "ledger"));
  expect(entries).toHaveLength(PODS);
  expect(await listLinks(pods[0])).toHaveLength(INTERFACES_EACH);

  await rm(node.confDir, { recursive: true });
  await rm(node.storeDir, { recursive: true, force: true });
  for (const link of await listLinks(node.namespace))
    await runIn(node.namespace, ["ip", "link", "delete", link]);
  expect(await listLinks(node.namespace)).toEqual([]);

  await callAll("DEL", node.config());
  expect(await readdir(path.join(node.stateDir, "ledger"))).toEqual([]);
  for (const pod of pods) expect(await listLinks(pod)).toEqual([]);
  const { stdout } = await runIn(undefined, ["find", node.dataDir, "-name", "10.*"]);
  expect(stdout).toBe("");
});

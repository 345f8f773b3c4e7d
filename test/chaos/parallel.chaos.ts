import { expect, test } from "vitest";
import { addNamespace, type NetworkNamespace } from "../setup/namespace.ts";
import { CALL_LIMIT_MS, type ChaosAnswer, type ChaosNode, makeChaosNode } from "./chaos-node.ts";

const CONTAINERS = 100;
const CALLERS = 20;
const NOTHING = { links: [], addresses: [], ledger: [], locks: [], delegates: [] };

function callAll(node: ChaosNode, verb: "ADD" | "DEL", pods: readonly NetworkNamespace[]) {
  return Promise.all(pods.map((pod) => node.call({ verb, pod })));
}

function expectInTime(answers: readonly ChaosAnswer[]): void {
  const longestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
  console.log(`${answers.length} calls at once: the longest took ${longestMs.toFixed(0)} ms`);
  expect(longestMs).toBeLessThan(CALL_LIMIT_MS);
}

const exitCodes = (answers: readonly ChaosAnswer[]) => answers.map(({ exitCode }) => exitCode);

test(`${CONTAINERS} containers at once: every address is unique, and all are released`, async () => {
  await using node = await makeChaosNode();
  await using undo = new AsyncDisposableStack();
  const pods: NetworkNamespace[] = [];
  for (let nth = 0; nth < CONTAINERS; nth++) pods.push(undo.use(await addNamespace()));

  const added = await callAll(node, "ADD", pods);
  expect(exitCodes(added)).toEqual(pods.map(() => 0));
  expect(new Set(added.map(({ answer }) => JSON.stringify(answer["ips"]))).size).toBe(CONTAINERS);
  const there = await node.remains();
  expect(there).toMatchObject({ locks: [], delegates: [] });
  expect(there["addresses"]).toHaveLength(CONTAINERS);
  expect(there["ledger"]?.toSorted()).toEqual(pods.map(({ name }) => name).toSorted());

  const deleted = await callAll(node, "DEL", pods);
  expect(exitCodes(deleted)).toEqual(pods.map(() => 0));
  expect(await node.remains()).toEqual(NOTHING);
  expectInTime([...added, ...deleted]);
});

test(`${CALLERS} callers of the same container: one attaches it, all detach it`, async () => {
  await using node = await makeChaosNode();
  await using pod = await addNamespace();
  const callers = Array.from({ length: CALLERS }, () => pod);

  const added = await callAll(node, "ADD", callers);
  expect(exitCodes(added).filter((code) => code === 0)).toHaveLength(1);
  const codes = added.filter(({ exitCode }) => exitCode !== 0).map(({ answer }) => answer["code"]);
  expect(new Set(codes)).toEqual(new Set([104]));
  expect((await node.remains())["addresses"]).toHaveLength(1);

  const deleted = await callAll(node, "DEL", callers);
  expect(exitCodes(deleted)).toEqual(callers.map(() => 0));
  expect(await node.remains()).toEqual(NOTHING);
  expectInTime([...added, ...deleted]);
});
